"""Appending to the log: what is to be appended, and what that changes. A pure function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.history import LifecycleAction, LifecycleEvent, MetadataEvent
from domain.log.checkpoints import Checkpoint
from domain.log.entries import LogEntry, Occurrence, log_opened, provider_metadata, salted_digest, version_event
from domain.log.merkle import leaf_hash
from domain.log.tiles import RightEdge, TileName
from domain.names import ProviderName
from domain.versions import ProviderVersion
from domain.wheel.file import Sha256Digest

OPERATOR = "operator"
"""Who opens a log."""


@dataclass(frozen=True, slots=True)
class PendingOpening:
    """The log was opened."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PendingMetadata:
    """How a provider is shown has changed."""

    id: str
    name: ProviderName
    event: MetadataEvent


@dataclass(frozen=True, slots=True)
class PendingStep:
    """A version took a step of its life. It may have taken further ones.

    Attributes:
        attestations: The digests of those that it was published with.
    """

    id: str
    version: ProviderVersion
    event: LifecycleEvent
    attestations: Sequence[Sha256Digest] = ()


PendingEvent: TypeAlias = PendingOpening | PendingMetadata | PendingStep


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTail:
    """Where a log stands, and what it has not got yet.

    Attributes:
        opened_at: What happened before is marked as backfilled.
        edge: The right edge of its tree.
        events: In the order in which they are to be appended.
    """

    origin: str
    opened_at: datetime
    edge: RightEdge
    events: Sequence[PendingEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What appending changes.

    Attributes:
        start: The index of the first new entry.
        salts: By id of the event, where an entry has a salted digest.
        tiles: The tiles that changed, whole.
    """

    start: int
    entries: Sequence[LogEntry]
    salts: dict[str, bytes]
    tiles: dict[TileName, bytes]
    checkpoint: Checkpoint


class UnloggableEventError(ValueError):
    """No entry can be made of an event: its row was written by hand, or is damaged."""

    def __init__(self, event_id: str, problem: ValueError) -> None:
        super().__init__(f"event {event_id}: {problem}")
        self.event_id = event_id


def extend(tail: LogTail, *, new_salt: Callable[[], bytes]) -> Extension:
    """Append all pending events.

    Raises:
        UnloggableEventError: No entry can be made of one of them.
    """
    start, salts = tail.edge.size, dict[str, bytes]()
    entries = list[LogEntry]()
    for event in tail.events:
        reason = event.event.reason if isinstance(event, PendingStep) else None
        if reason is not None:
            salts[event.id] = new_salt()
        try:
            entries.append(_entry(tail, event, None if reason is None else salted_digest(salts[event.id], reason)))
        except ValueError as problem:
            raise UnloggableEventError(event.id, problem) from problem
    tiles = tail.edge.append([leaf_hash(entry.leaf) for entry in entries])
    checkpoint = Checkpoint(tail.origin, tail.edge.size, tail.edge.root)
    return Extension(start=start, entries=entries, salts=salts, tiles=tiles, checkpoint=checkpoint)


def is_logged(event: LifecycleEvent) -> bool:
    """Tell whether a step is logged: a failure claims nothing that can be installed."""
    return event.action is not LifecycleAction.FAILED


def _entry(tail: LogTail, event: PendingEvent, reason: bytes | None) -> LogEntry:
    if isinstance(event, PendingOpening):
        return log_opened(tail.origin, Occurrence(id=event.id, at=event.at, actor=OPERATOR))
    occurred = Occurrence(
        id=event.id, at=event.event.at, actor=event.event.actor, is_backfilled=event.event.at < tail.opened_at
    )
    if isinstance(event, PendingMetadata):
        return provider_metadata(tail.origin, occurred, event.name, event.event.metadata)
    return version_event(
        tail.origin, occurred, event.event.action, event.version, reason=reason, attestations=event.attestations
    )
