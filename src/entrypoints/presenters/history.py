"""The history of a version."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

from domain.history import LifecycleAction, LifecycleEvent


class LifecycleEventView(Struct, kw_only=True):
    """One step of a version's life."""

    action: Annotated[LifecycleAction, Meta(examples=["yanked"])]
    at: datetime
    actor: Annotated[str, Meta(description="Id of who took the step.", examples=["mch_release"])]
    request_id: Annotated[str, Meta(description="`X-Request-ID` of the request that asked for it.")] | None
    reason: (
        Annotated[
            str,
            Meta(
                description="The reason of a yank, or the sentence of a failure.",
                examples=["Deletes buckets that it did not create."],
            ),
        ]
        | None
    )


def event_view(event: LifecycleEvent) -> LifecycleEventView:
    return LifecycleEventView(
        action=event.action,
        at=event.at,
        actor=event.actor,
        request_id=event.request_id,
        reason=event.reason,
    )


HISTORY_EXAMPLE = [
    LifecycleEventView(
        action=LifecycleAction.PUBLISHED,
        at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        actor="mch_release",
        request_id="release-1.4.0",
        reason=None,
    ),
    LifecycleEventView(
        action=LifecycleAction.YANKED,
        at=datetime(2026, 1, 3, 8, tzinfo=UTC),
        actor="mch_release",
        request_id="0192f6c0a1b27c3d8e4f5a6b7c8d9e0f",
        reason="Deletes buckets that it did not create.",
    ),
]
