"""Dry runs: the switch that asks for one, and the answer."""

from typing import Any

from litestar import Request
from msgspec import UNSET

from application.use_cases.dry_run_registration import DryRunResult
from domain.errors import VersionConflictError
from domain.versions import ProviderVersion, VersionStatus
from entrypoints.advice import detail_of
from entrypoints.http.models.dry_run import DryRunView
from entrypoints.http.presenters.versions import verification_view, version_view
from entrypoints.http.requests.invalid_requests import FieldError, InvalidRequestError
from entrypoints.http.requests.query_parameters import unknown_parameters

PARAMETER = "dry_run"
_SWITCHES = {(): False, ("false",): False, ("true",): True}


def wants_dry_run(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the query asks for a dry run.

    Raises:
        InvalidRequestError: It says neither yes nor no, or both, or there are other parameters: whoever misspells it
            must not register for real.
    """
    errors = unknown_parameters(request, [PARAMETER])
    said = tuple(request.query_params.getall(PARAMETER, []))
    if said not in _SWITCHES:
        errors.append(FieldError(("query", PARAMETER), "send true or false, once", "invalid"))
    if errors:
        raise InvalidRequestError(errors)
    return _SWITCHES[said]


def dry_run_view(result: DryRunResult) -> DryRunView:
    """Return the public representation of a dry run."""
    view = DryRunView(outcome=result.outcome)
    if result.version is not None:
        _show_version(view, result.version)
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
