"""Opening a log and appending to it, without a server."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

from application.ports.cosignatures import Cosignatures
from application.ports.kept_checkpoint import KeptCheckpoint
from application.ports.log_queries import LogQueries
from application.ports.log_writer import LogWriter
from application.use_cases.log_guard import LogGuard, WitnessedSizes
from application.use_cases.transparency_log import AppendToLog, OpenLog
from domain.log.notes import SigningKey, VerifierKey
from provider_registry_testing.builders import NOW

ORIGIN = "registry.example.com/log"
KEY = SigningKey(VerifierKey(ORIGIN, bytes(32)), bytes(32))
LATER = NOW + timedelta(days=1)


class LogStore(LogWriter, LogQueries, Cosignatures, Protocol):
    """An adapter for all ports of the log's store."""


class KeptInMemory:
    """Keeps a checkpoint as long as it lives."""

    def __init__(self) -> None:
        self._note: bytes | None = None

    async def read(self) -> bytes | None:
        return self._note

    async def replace(self, note: bytes) -> None:
        self._note = note


class _OneMoment:
    def now(self) -> datetime:
        return LATER


def sign(seed: bytes, message: bytes) -> bytes:
    return sha256(seed + message).digest()  # no store looks at a signature


async def open_log(log: LogStore, origin: str = ORIGIN) -> None:
    await OpenLog(log=log, clock=_OneMoment()).execute(origin)


async def append_to(log: LogStore, kept: KeptCheckpoint | None = None, witnessed: WitnessedSizes | None = None) -> int:
    guard = LogGuard(log=log, kept=kept or KeptInMemory(), witnessed=witnessed)
    return await AppendToLog(log=log, guard=guard, keys=[KEY], sign=sign).execute()


async def events_in(log: LogStore) -> list[dict[str, Any]]:
    return [json.loads(leaf) for leaf in await log.list_entries(0, 10_000)]
