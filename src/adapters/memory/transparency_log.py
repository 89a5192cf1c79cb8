"""The transparency log in memory."""

from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from datetime import datetime
from itertools import accumulate

from adapters.memory.version_repository import InMemoryVersionRepository
from application.ports.log_queries import NumberedEntry
from application.ports.log_writer import LogState, SignedExtension
from domain.log.entries import EventType, LogEntry
from domain.log.extension import LogTail, PendingEvent, PendingOpening
from domain.log.tiles import RightEdge
from domain.names import ProviderName
from domain.semver import SemVer


class InMemoryLog:
    """Keeps the log of an in-memory store; implements ``LogWriter``, ``LogQueries`` and ``Cosignatures``."""

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store
        self._origin: str | None = None
        self._opening: PendingOpening | None = None
        self._entries: list[LogEntry] = []
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._checkpoint: bytes | None = None
        self._cosignatures: dict[str, tuple[int, bytes]] = {}
        self._edge = RightEdge()
        self._appended: set[str] = set()

    async def open(self, origin: str, *, event_id: str, at: datetime) -> str:
        """Open the log."""
        await self._store.ping()
        if self._origin is None:
            self._origin, self._opening = origin, PendingOpening(event_id, at)
        return self._origin

    async def backfill(self, *, limit: int) -> int:  # noqa: ARG002 -- all events are at hand
        """Do nothing: what is not appended is pending."""
        await self._store.ping()
        return 0

    async def append(
        self, extend: Callable[[LogTail], SignedExtension], *, limit: int, without: Collection[str] = ()
    ) -> int:
        """Append pending events."""
        await self._store.ping()
        events = [event for event in self._pending() if event.id not in without][:limit]
        if self._origin is None or self._opening is None or not events:
            return 0
        edge = deepcopy(self._edge)
        signed = extend(LogTail(origin=self._origin, opened_at=self._opening.at, edge=edge, events=events))
        self._edge = edge
        self._appended |= {event.id for event in events}
        self._entries.extend(signed.extension.entries)
        self._tiles |= {(name.level, name.index): hashes for name, hashes in signed.extension.tiles.items()}
        self._checkpoint = signed.checkpoint
        return len(events)

    async def state(self) -> LogState | None:
        """Return where the log stands."""
        await self._store.ping()
        if self._origin is None:
            return None
        pending = self._pending()
        first = pending[0] if pending else None
        since = None
        if first is not None:
            since = first.at if isinstance(first, PendingOpening) else first.event.at
        return LogState(origin=self._origin, size=len(self._entries), pending=len(pending), pending_since=since)

    async def find_checkpoint(self) -> bytes | None:
        """Return the newest checkpoint, with the cosignatures over it."""
        await self._store.ping()
        lines = [line for _, (size, line) in sorted(self._cosignatures.items()) if size == len(self._entries)]
        return self._checkpoint and self._checkpoint + b"".join(lines)

    async def keep_cosignature(self, witness: str, size: int, line: bytes) -> None:
        """Keep the line of a witness."""
        await self._store.ping()
        if size >= self._cosignatures.get(witness, (0, b""))[0]:
            self._cosignatures[witness] = size, line

    async def find_tile(self, level: int, index: int) -> bytes | None:
        """Return a tile as wide as it is."""
        await self._store.ping()
        return self._tiles.get((level, index))

    async def list_entries(self, start: int, end: int) -> Sequence[bytes]:
        """Return entries."""
        await self._store.ping()
        return [entry.leaf for entry in self._entries[start:end]]

    async def list_changes(
        self,
        after: int,
        before: int,
        *,
        limit: int,
        max_bytes: int,
        types: Sequence[EventType] = (),
        provider: ProviderName | None = None,
    ) -> Sequence[NumberedEntry]:
        """Return entries of some kinds."""
        await self._store.ping()
        found = [
            NumberedEntry(index, entry.leaf)
            for index, entry in enumerate(self._entries[after:before], after)
            if (not types or entry.type in types) and provider in {None, entry.provider}
        ]
        sizes = accumulate(len(entry.leaf) for entry in found)
        full = next((number for number, size in enumerate(sizes, 1) if size >= max_bytes), limit)
        return found[: min(limit, full)]

    async def list_newest(
        self,
        since: int,
        before: int,
        *,
        limit: int,
        types: Sequence[EventType],
        provider: ProviderName | None = None,
    ) -> Sequence[NumberedEntry]:
        """Return the newest entries of some kinds."""
        await self._store.ping()
        found = [
            NumberedEntry(index, entry.leaf)
            for index, entry in enumerate(self._entries[since:before], since)
            if entry.type in types and provider in {None, entry.provider}
        ]
        return found[::-1][:limit]

    async def find_published(self, name: ProviderName, version: SemVer) -> NumberedEntry | None:
        """Return the entry of a publication."""
        await self._store.ping()
        for index, entry in enumerate(self._entries):
            if (entry.type, entry.provider, entry.version) == (EventType.VERSION_PUBLISHED, name, version):
                return NumberedEntry(index, entry.leaf)
        return None

    def _pending(self) -> Sequence[PendingEvent]:
        if self._opening is None:
            return []
        return [event for event in (self._opening, *self._store.log_events) if event.id not in self._appended]
