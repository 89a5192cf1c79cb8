"""Appending to the transparency log."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.log.extension import Extension, LogTail


@dataclass(frozen=True, slots=True)
class SignedExtension:
    """What is appended, and the signed checkpoint after it."""

    extension: Extension
    checkpoint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """Where an opened log stands.

    Attributes:
        pending: How many events are not appended yet.
        pending_since: When the oldest of them happened, or None.
    """

    origin: str
    size: int
    pending: int
    pending_since: datetime | None


class LogWriter(Protocol):
    """Stores the log beside the versions.

    A write of a version or of a provider leaves a pending event in the same transaction, once the log is open.
    Every method raises ``StoreUnavailableError`` when the store is unreachable.
    """

    async def open(self, origin: str, *, event_id: str, at: datetime) -> str:
        """Open the log unless it is open, and return its origin. Nothing is appended before ``backfill`` is through."""
        ...

    async def backfill(self, *, limit: int) -> int:
        """Make so many of the events from before the opening pending, and return how many; 0 once all are.

        Safe to interrupt and to repeat. The history of each version keeps its order.
        """
        ...

    async def append(
        self, extend: Callable[[LogTail], SignedExtension], *, limit: int, without: Collection[str] = ()
    ) -> int:
        """Append pending events in one transaction, and return how many.

        ``extend`` is not called if nothing is pending, another process is appending, or the log is not open. Events
        of one provider keep the order in which they were written. Those whose ids are in ``without`` stay pending.

        Raises ``UnloggableEventError`` when an event cannot be read.
        """
        ...

    async def state(self) -> LogState | None:
        """Return where the log stands; None if it was never opened."""
        ...
