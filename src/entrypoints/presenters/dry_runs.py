"""Dry runs of registrations."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from application.use_cases.dry_run_registration import DryRunOutcome, DryRunResult
from domain.errors import VersionConflictError
from domain.versions import ProviderVersion, VersionStatus
from entrypoints.advice import detail_of
from entrypoints.presenters.compatibility import CompatibilityView, compatibility_view
from entrypoints.presenters.verifications import VerificationView, verification_view
from entrypoints.presenters.versions import ProviderVersionView, version_view


class DryRunView(Struct, kw_only=True):
    """What registering would come to; nothing was written."""

    outcome: Annotated[DryRunOutcome, Meta(description="For which the real answer is 201, 200 or 409.")]
    version: Annotated[ProviderVersionView, Meta(description="As it would be; absent for a conflict.")] | UnsetType = (
        UNSET
    )
    verification: (
        Annotated[
            VerificationView,
            Meta(description="The verdict on the wheel: a new one for `created`, the kept one for `unchanged`."),
        ]
        | UnsetType
    ) = UNSET
    compatibility: (
        Annotated[CompatibilityView, Meta(description="The comparison with the version before; for `created` only.")]
        | UnsetType
    ) = UNSET
    code: Annotated[str, Meta(description="The code of the conflict.")] | UnsetType = UNSET
    detail: Annotated[str, Meta(description="The sentence of the conflict.")] | UnsetType = UNSET
    differences: (
        Annotated[list[str], Meta(description="With `version_conflict`: the fields that differ.")] | UnsetType
    ) = UNSET
    existing_status: (
        Annotated[VersionStatus, Meta(description="With `version_conflict`: of the version that is there.")] | UnsetType
    ) = UNSET


def dry_run_view(result: DryRunResult) -> DryRunView:
    view = DryRunView(outcome=result.outcome)
    if result.version is not None:
        _show_version(view, result.version)
    if result.version is not None and result.compatibility is not None:
        view.compatibility = compatibility_view(result.version, result.compatibility)
    if result.conflict is not None:
        view.code = result.conflict.code
        view.detail = detail_of(result.conflict)
    if isinstance(result.conflict, VersionConflictError):
        view.differences = list(result.conflict.differences)
        view.existing_status = VersionStatus(result.conflict.status)
    return view


def _show_version(view: DryRunView, version: ProviderVersion) -> None:
    view.version = version_view(version)
    view.verification = verification_view(version, version.verification) if version.verification else UNSET


CONFLICT_EXAMPLE = DryRunView(
    outcome=DryRunOutcome.CONFLICT,
    code="version_conflict",
    detail="platform/gcp 1.4.0 is already published with different sha256; published content never changes, so raise "
    "the version",
    differences=["sha256"],
    existing_status=VersionStatus.PUBLISHED,
)
