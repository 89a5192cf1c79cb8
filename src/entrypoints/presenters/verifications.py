"""The verdict on a version's wheel."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from domain.provenance.attestations import RecordedAttestation
from domain.verification import Verification
from domain.versions import ProviderVersion
from entrypoints.presenters.provenance import AttestationView, attestation_views
from entrypoints.presenters.versions import SHA256_EXAMPLE


class CheckView(Struct):
    """The verdict of one check."""

    name: str
    passed: bool
    detail: Annotated[str, Meta(description="What was compared with what.")]


class VerificationView(Struct, kw_only=True):
    """The verdict on a version's wheel, check by check, in the order of checking."""

    canonical: str
    version: str
    passed: bool
    checked_at: datetime
    wheel_bytes: int | None
    inflated_bytes: int | None
    checks: list[CheckView]
    attestations: (
        Annotated[
            list[AttestationView],
            Meta(description="Those of the version, oldest first. Only where attestations are verified."),
        ]
        | UnsetType
    ) = UNSET


def verification_view(
    version: ProviderVersion, verification: Verification, attestations: Sequence[RecordedAttestation] | None = None
) -> VerificationView:
    return VerificationView(
        canonical=version.name.canonical,
        version=version.version.text,
        passed=verification.passed,
        checked_at=verification.checked_at,
        wheel_bytes=verification.wheel_bytes,
        inflated_bytes=verification.inflated_bytes,
        checks=[CheckView(check.name, check.passed, check.detail) for check in verification.checks],
        attestations=UNSET if attestations is None else attestation_views(attestations),
    )


VERIFICATION_EXAMPLE = VerificationView(
    canonical="platform/gcp",
    version="1.4.0",
    passed=True,
    checked_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    wheel_bytes=48213,
    inflated_bytes=131072,
    checks=[CheckView("digest", passed=True, detail=f"computed {SHA256_EXAMPLE}, as announced")],
)
