"""Dry runs: the switch that asks for one, and the answer."""

from typing import Any

from litestar import Request

from entrypoints.http.requests.invalid_requests import FieldError, InvalidRequestError
from entrypoints.http.requests.query_parameters import unknown_parameters

PARAMETER = "dry_run"
_SWITCHES = {(): False, ("false",): False, ("true",): True}


def wants_dry_run(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the query asks for a dry run.

    Raises:
        InvalidRequestError: The value is neither true nor false, or there are several, or other parameters: a misspelt
            dry run must not register.
    """
    errors = unknown_parameters(request, [PARAMETER])
    said = tuple(request.query_params.getall(PARAMETER, []))
    if said not in _SWITCHES:
        errors.append(FieldError(("query", PARAMETER), "send true or false, once", "invalid"))
    if errors:
        raise InvalidRequestError(errors)
    return _SWITCHES[said]
