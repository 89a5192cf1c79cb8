"""Whether a version's wheel is still on its host."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from domain.availability import Availability


class AvailabilityStatus(StrEnum):
    """What checks of a wheel on its host came to."""

    INTACT = "intact"
    DRIFTED = "drifted"
    UNREACHABLE = "unreachable"
    UNCHECKED = "unchecked"


class AvailabilityView(Struct, kw_only=True):
    """Whether a version's wheel is still on its host."""

    status: Annotated[
        AvailabilityStatus,
        Meta(
            description="`intact`: the host has the registered bytes. `drifted`: two fetches, some time apart, agree "
            "on other bytes. `unreachable`: it could not be had for days. `unchecked`: no check came to a verdict yet."
        ),
    ]
    since: Annotated[datetime, Meta(description="From when on the status holds.")] | None
    checked_at: Annotated[datetime, Meta(description="The last time that the host was asked.")] | None
    verified_at: Annotated[datetime, Meta(description="The last time that the registered bytes were fetched.")] | None
    failure: (
        Annotated[str, Meta(description="Code of the last failure, while it fails.", examples=["wheel_not_found"])]
        | None
    )
    other_sha256: (
        Annotated[str, Meta(description="Digest of other bytes that the last whole fetch found, in hex.")] | None
    )


def availability_view(known: Availability) -> AvailabilityView:
    status = AvailabilityStatus.UNCHECKED if known.verdict is None else AvailabilityStatus(known.verdict.value)
    return AvailabilityView(
        status=status,
        since=known.since,
        checked_at=known.checked_at,
        verified_at=known.verified_at,
        failure=known.failure,
        other_sha256=None if known.other_sha256 is None else known.other_sha256.hex,
    )


AVAILABILITY_EXAMPLE = AvailabilityView(
    status=AvailabilityStatus.DRIFTED,
    since=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
    checked_at=datetime(2026, 2, 5, 3, 1, tzinfo=UTC),
    verified_at=datetime(2026, 2, 1, 3, 4, 5, tzinfo=UTC),
    failure=None,
    other_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
)
