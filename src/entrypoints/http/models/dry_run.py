"""The wire format of a dry run."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from application.use_cases.dry_run_registration import DryRunOutcome
from domain.versions import VersionStatus
from entrypoints.http.models.versions import ProviderVersionView, VerificationView


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
    code: Annotated[str, Meta(description="The code of the conflict.")] | UnsetType = UNSET
    detail: Annotated[str, Meta(description="The sentence of the conflict.")] | UnsetType = UNSET
    differences: (
        Annotated[list[str], Meta(description="With `version_conflict`: the fields that differ.")] | UnsetType
    ) = UNSET
    existing_status: (
        Annotated[VersionStatus, Meta(description="With `version_conflict`: of the version that is there.")] | UnsetType
    ) = UNSET
