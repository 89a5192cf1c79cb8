"""The history of a version."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from domain.availability import OriginEvent, OriginVerdict
from domain.history import HistoryEvent

REGISTRY = "registry"
"""The actor of scheduled checks."""


class HistoryAction(StrEnum):
    """A step of a version's life, or another verdict on its wheel."""

    PUBLISHED = "published"
    FAILED = "failed"
    YANKED = "yanked"
    RESTORED = "restored"
    INTACT = "intact"
    DRIFTED = "drifted"
    UNREACHABLE = "unreachable"


class HistoryEventView(Struct, kw_only=True):
    """One event of a version's history."""

    action: Annotated[
        HistoryAction,
        Meta(
            description="`published`, `failed`, `yanked` and `restored` are steps of its life. `drifted`, "
            "`unreachable` and `intact` are what scheduled checks found of its wheel at its `wheel_url`; nothing "
            "follows from them.",
            examples=["yanked"],
        ),
    ]
    at: datetime
    actor: Annotated[
        str, Meta(description=f"Id of who took the step; `{REGISTRY}` for what checks found.", examples=["mch_release"])
    ]
    request_id: Annotated[str, Meta(description="`X-Request-ID` of the request that asked for it.")] | None
    reason: (
        Annotated[
            str,
            Meta(
                description="The reason of a yank, the sentence of a failure, or what a check found.",
                examples=["Deletes buckets that it did not create."],
            ),
        ]
        | None
    )


def event_view(event: HistoryEvent) -> HistoryEventView:
    if isinstance(event, OriginEvent):
        action = HistoryAction(event.verdict.value)
        return HistoryEventView(action=action, at=event.at, actor=REGISTRY, request_id=None, reason=_found(event))
    return HistoryEventView(
        action=HistoryAction(event.action.value),
        at=event.at,
        actor=event.actor,
        request_id=event.request_id,
        reason=event.reason,
    )


def _found(event: OriginEvent) -> str:
    match event.verdict:
        case OriginVerdict.INTACT:
            return "The wheel's host answered with the registered bytes again."
        case OriginVerdict.DRIFTED:
            return f"The wheel's host answered with other bytes, of SHA-256 {event.other_sha256}."
        case OriginVerdict.UNREACHABLE:
            return f"The wheel could not be had from its host since {event.since:%Y-%m-%d %H:%M} UTC ({event.failure})."


HISTORY_EXAMPLE = [
    HistoryEventView(
        action=HistoryAction.PUBLISHED,
        at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        actor="mch_release",
        request_id="release-1.4.0",
        reason=None,
    ),
    HistoryEventView(
        action=HistoryAction.YANKED,
        at=datetime(2026, 1, 3, 8, tzinfo=UTC),
        actor="mch_release",
        request_id="0192f6c0a1b27c3d8e4f5a6b7c8d9e0f",
        reason="Deletes buckets that it did not create.",
    ),
    event_view(
        OriginEvent(
            verdict=OriginVerdict.UNREACHABLE,
            at=datetime(2026, 2, 5, 3, 1, tzinfo=UTC),
            since=datetime(2026, 2, 2, 3, 1, tzinfo=UTC),
            failure="wheel_not_found",
        )
    ),
]
