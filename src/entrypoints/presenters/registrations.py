"""Registrations that are done later, as those who wait for them see them."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from domain.versions import ProviderVersion, VersionStatus
from entrypoints.presenters.versions import WHEEL_URL_EXAMPLE


class RegistrationView(Struct, kw_only=True):
    """How a registration stands. Once it is published, its version is shown instead."""

    id: UUID
    canonical: str
    version: str
    status: Literal["building", "failed"]
    wheel_url: str
    code: Annotated[str | None, Meta(description="Why it failed: a stable slug; docs/errors.md lists all of them.")]
    detail: Annotated[str | None, Meta(description="Why it failed: one sentence.")]
    accepted_by: Annotated[str, Meta(description="Who registers.")]
    updated_at: datetime


def registration_view(registration_id: UUID, version: ProviderVersion) -> RegistrationView:
    return RegistrationView(
        id=registration_id,
        canonical=version.name.canonical,
        version=version.version.text,
        status="failed" if version.status is VersionStatus.FAILED else "building",
        wheel_url=version.announcement.wheel_url.text,
        code=version.error_code,
        detail=version.error_message,
        accepted_by=version.registered_by,
        updated_at=version.updated_at,
    )


BUILDING_EXAMPLE = RegistrationView(
    id=UUID("9f1c1f0e-7a43-4d0e-9d52-3a1d2b7c8e90"),
    canonical="platform/gcp",
    version="1.4.0",
    status="building",
    wheel_url=WHEEL_URL_EXAMPLE,
    code=None,
    detail=None,
    accepted_by="mch_release",
    updated_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)
