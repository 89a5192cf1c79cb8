"""What is counted while a server appends to the transparency log."""

import asyncio
from collections.abc import Sequence

import pytest
from prometheus_client import CollectorRegistry

from adapters import ed25519
from adapters.memory.kept_checkpoint import InMemoryCheckpoint
from adapters.memory.transparency_log import InMemoryLog
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.memory.witness import InMemoryWitness
from adapters.prometheus.observer import PrometheusObserver
from application.use_cases.ask_witnesses import AskWitnesses
from application.use_cases.log_guard import LogGuard, WitnessedSizes
from application.use_cases.transparency_log import AppendToLog
from domain.log.notes import SigningKey
from domain.log.witnesses import WitnessReply
from entrypoints.log_sequencer import appending_to_log
from provider_registry_testing.logs import ORIGIN, open_log
from tests.builders import a_version
from tests.support.stores import put
from tests.support.waiting import wait_until
from tests.support.witness import WITNESS, a_witness

pytestmark = pytest.mark.usefixtures("restored_logging")


async def _counted(
    key_of: str, sample: str, goal: float, *, witnesses: Sequence[InMemoryWitness] = (), **labels: str
) -> None:
    """Append two entries with a key, and return once a sample has come to the goal."""
    store, registry = InMemoryVersionRepository(), CollectorRegistry()
    log = InMemoryLog(store)
    await open_log(log)
    await put(store, a_version())
    append = AppendToLog(
        log=log,
        guard=LogGuard(log=log, kept=InMemoryCheckpoint()),
        keys=[SigningKey.of(key_of, bytes(32), ed25519.public_key)],
        sign=ed25519.sign,
    )
    ask = AskWitnesses(
        log=log, cosignatures=log, witnesses=list(witnesses), sizes=WitnessedSizes(), verify=ed25519.verify
    )
    async with appending_to_log(append, PrometheusObserver(registry), ask):
        await asyncio.to_thread(wait_until, lambda: registry.get_sample_value(sample, labels) == goal)


async def test_entries_that_are_appended_are_counted() -> None:
    await _counted(ORIGIN, "registry_log_entries_appended_total", 2)


@pytest.mark.faults
async def test_attempts_that_fail_are_counted_by_their_code() -> None:
    other = f"{ORIGIN}/2"
    await _counted(other, "registry_log_append_failures_total", 1, code="log_origin_mismatch")


_ASKED = "registry_log_witness_requests_total"


async def test_witnesses_are_asked_after_the_commit_and_counted() -> None:
    witness = a_witness()
    await _counted(ORIGIN, _ASKED, 1, witnesses=[witness], outcome="cosigned")
    assert witness.asked == [0]


@pytest.mark.faults
async def test_a_witness_that_breaks_is_counted_and_holds_up_nothing() -> None:
    class Broken(InMemoryWitness):
        async def add_checkpoint(self, *_: object) -> WitnessReply:
            raise RuntimeError("broken")

    broken = Broken(WITNESS, bytes(32), ed25519.sign)
    await _counted(ORIGIN, _ASKED, 1, witnesses=[broken], outcome="failed")
    await _counted(ORIGIN, "registry_log_entries_appended_total", 2, witnesses=[broken])
