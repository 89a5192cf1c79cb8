"""The verdict on a version's wheel."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from domain.verification import Verification
from domain.versions import ProviderVersion


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


def verification_view(version: ProviderVersion, verification: Verification) -> VerificationView:
    return VerificationView(
        canonical=version.name.canonical,
        version=version.version.text,
        passed=verification.passed,
        checked_at=verification.checked_at,
        wheel_bytes=verification.wheel_bytes,
        inflated_bytes=verification.inflated_bytes,
        checks=[CheckView(check.name, check.passed, check.detail) for check in verification.checks],
    )
