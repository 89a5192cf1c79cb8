"""Query parameters: what a route does not understand is refused where ignoring it would mislead the client."""

from collections.abc import Collection, Sequence
from typing import Any

from litestar import Request

from domain.errors import RegistryError
from entrypoints.http.requests.invalid_requests import FieldError, InvalidRequestError
from entrypoints.http.requests.request_ids import printable

_LONGEST_NAME = 100
DRY_RUN = "dry_run"
_SWITCHES = {(): False, ("false",): False, ("true",): True}


class BadQueryError(RegistryError):
    """Query parameters of a read are unknown, or have values that the route does not understand."""

    code = "bad_request"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        summarised = InvalidRequestError(errors)
        super().__init__(summarised.detail)
        self.errors = summarised.errors


def unknown_parameters(request: Request[Any, Any, Any], known: Collection[str]) -> list[FieldError]:
    """Return an error for each query parameter that the route does not know."""
    names = dict.fromkeys(name for name in request.query_params if name not in known)
    message = f"is not a parameter of this route; leave it out, or send one of {', '.join(known)}"
    return [FieldError(("query", printable(name)[:_LONGEST_NAME]), message, "invalid") for name in names]


def repeated_parameters(request: Request[Any, Any, Any], single: Collection[str]) -> list[FieldError]:
    """Return an error for each query parameter that has one value and is sent with several."""
    names = [name for name in single if len(request.query_params.getall(name, [])) > 1]
    return [FieldError(("query", name), "send it once", "invalid") for name in names]


def wants_dry_run(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the query asks for a dry run.

    Raises:
        InvalidRequestError: The value is neither true nor false, or there are several, or other parameters: a misspelt
            dry run must not register.
    """
    errors = unknown_parameters(request, [DRY_RUN])
    said = tuple(request.query_params.getall(DRY_RUN, []))
    if said not in _SWITCHES:
        errors.append(FieldError(("query", DRY_RUN), "send true or false, once", "invalid"))
    if errors:
        raise InvalidRequestError(errors)
    return _SWITCHES[said]
