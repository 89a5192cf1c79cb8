"""What happened to a version, in the order in which it happened."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.availability import OriginEvent
from domain.catalog import CatalogMetadata


class LifecycleAction(StrEnum):
    """A step of the lifecycle that is kept."""

    PUBLISHED = "published"
    FAILED = "failed"
    YANKED = "yanked"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleEvent:
    """One step of a version's life. Never changed or removed once it is kept.

    Attributes:
        actor: Id of the registrant who took the step.
        request_id: Name of the request that asked for it, or None if it came by another way.
        reason: Why: the reason of a yank, the sentence of a failure.
    """

    action: LifecycleAction
    at: datetime
    actor: str
    request_id: str | None = None
    reason: str | None = None


HistoryEvent = LifecycleEvent | OriginEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataEvent:
    """A change of how a provider is shown. Never changed or removed once it is kept.

    Attributes:
        metadata: How it is shown from then on.
        actor: Id of the registrant, or None if that is not known.
    """

    metadata: CatalogMetadata
    at: datetime
    actor: str | None
    request_id: str | None = None
