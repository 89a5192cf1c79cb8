"""Maps errors to statuses, and describes them as ``application/problem+json`` (RFC 9457)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import Scope
from msgspec import UNSET

from application.errors import (
    NotAuthenticatedError,
    NotLoggedYetError,
    TooManyRegistrationsError,
    UnavailableError,
    WheelHostError,
    WheelHostTimeoutError,
)
from domain.compatibility.assessment import BreakingChangeError
from domain.compatibility.report import Change
from domain.errors import (
    AnnouncementRefusedError,
    ConflictError,
    ForbiddenError,
    InvalidValueError,
    MetadataRequiredError,
    NotFoundError,
    RegistryError,
    VersionConflictError,
)
from domain.versions import VersionStatus
from entrypoints.advice import detail_of
from entrypoints.http.models.responses import FieldProblem, ProblemView
from entrypoints.http.requests.authentication import presents_token
from entrypoints.http.requests.bodies import (
    BadBodyError,
    BodyTimeoutError,
    BodyTooLargeError,
    ClientDisconnectedError,
    UnsupportedMediaTypeError,
)
from entrypoints.http.requests.content_negotiation import NotAcceptableError
from entrypoints.http.requests.invalid_requests import InvalidRequestError
from entrypoints.http.requests.parameters import BadQueryError
from entrypoints.http.requests.request_ids import printable, request_id

RETRY_AFTER = 5
"""Default of ``Retry-After``, in seconds."""

MEDIA_TYPE = "application/problem+json"

STATUSES: dict[type[RegistryError], HTTPStatus] = {
    BadBodyError: HTTPStatus.BAD_REQUEST,
    BadQueryError: HTTPStatus.BAD_REQUEST,
    ClientDisconnectedError: HTTPStatus.BAD_REQUEST,
    NotAuthenticatedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    BodyTimeoutError: HTTPStatus.REQUEST_TIMEOUT,
    NotFoundError: HTTPStatus.NOT_FOUND,
    NotAcceptableError: HTTPStatus.NOT_ACCEPTABLE,
    ConflictError: HTTPStatus.CONFLICT,
    BodyTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    InvalidValueError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidRequestError: HTTPStatus.UNPROCESSABLE_ENTITY,
    MetadataRequiredError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AnnouncementRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRegistrationsError: HTTPStatus.TOO_MANY_REQUESTS,
    WheelHostError: HTTPStatus.BAD_GATEWAY,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    WheelHostTimeoutError: HTTPStatus.GATEWAY_TIMEOUT,
}
"""By error type; a type without an entry has the status of its nearest ancestor."""

HTTP_CODES = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.NOT_FOUND: "route_not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body_too_large",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "range_not_satisfiable",
}
_log = structlog.get_logger()


def status_of(error: type[RegistryError]) -> HTTPStatus:
    """Return the status of an error type.

    Raises:
        LookupError: Neither it nor an ancestor has an entry.
    """
    for ancestor in error.__mro__:
        if ancestor in STATUSES:
            return STATUSES[ancestor]
    raise LookupError(f"{error.__name__} has no status")


def handle_registry_error(request: Request[Any, Any, Any], error: RegistryError) -> Response[ProblemView]:
    """Respond to an error of the core or of a request."""
    status = status_of(type(error))
    _log.info("request_refused", code=error.code, status=status.value, reason=getattr(error, "reason", error.detail))
    view = problem(request.scope, status, error.code, detail_of(error))
    if isinstance(error, InvalidRequestError | BadQueryError):
        view.errors = [FieldProblem(list(each.loc), each.msg, each.type) for each in error.errors]
    if isinstance(error, BreakingChangeError):
        view.errors = [_broken_by(change) for change in error.changes]
    if isinstance(error, VersionConflictError):
        view.differences, view.existing_status = list(error.differences), VersionStatus(error.status)
    return _response(view, _headers(request, error))


def handle_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[ProblemView]:
    """Respond to an exception of the framework, raised before a handler runs."""
    status = HTTPStatus(error.status_code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return handle_unexpected(request, error)
    view = problem(request.scope, status, HTTP_CODES.get(status, "bad_request"), _detail(request, status))
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        view.errors = [FieldProblem(_location(each), each.get("message", ""), "invalid") for each in error.extra]
    return _response(view, dict(error.headers or {}))


def handle_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemView]:
    """Respond to a defect: the log has the traceback, the response no detail."""
    _log.error("request_failed", exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = "the registry failed on this request; report the request id to its operators. It is safe to send it again"
    return _response(problem(request.scope, status, "internal_error", detail), {})


EXCEPTION_HANDLERS: Mapping[int | type[Exception], Callable[[Request[Any, Any, Any], Any], Response[ProblemView]]] = {
    RegistryError: handle_registry_error,
    HTTPException: handle_http_exception,
    Exception: handle_unexpected,
}


def _broken_by(change: Change) -> FieldProblem:
    place: list[str | int] = ["schemas", change.resource] if change.resource else []
    if change.side is not None:
        place.append(f"{change.side}_schema")
    return FieldProblem(
        ["body", *place, *filter(None, [change.path])],
        f"{change.message}. {change.impact} (see /rules#{change.rule}; fingerprint {change.fingerprint})",
        change.rule,
    )


def _detail(request: Request[Any, Any, Any], status: HTTPStatus) -> str:
    path = printable(request.scope["path"])
    if status is HTTPStatus.NOT_FOUND:
        return f"there is no route {path}; /schema lists the routes"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.method} is not allowed on {path}; /schema lists what is"
    return "the request could not be understood; check its path, query and headers"


def _location(fault: Mapping[str, Any]) -> list[str | int]:
    source = fault.get("source", "path")
    return [getattr(source, "value", source), fault.get("key", "")]


def _headers(request: Request[Any, Any, Any], error: RegistryError) -> dict[str, str]:
    if isinstance(error, NotAuthenticatedError):
        # RFC 6750 section 3.1: no error code for a request without authentication information.
        return {"WWW-Authenticate": 'Bearer error="invalid_token"' if presents_token(request) else "Bearer"}
    if isinstance(error, UnavailableError):
        return {"Retry-After": str(RETRY_AFTER if error.retry_after is None else error.retry_after)}
    if isinstance(error, NotLoggedYetError):
        return {"Retry-After": str(error.retry_after)}
    return {}


def problem(scope: Scope, status: HTTPStatus, code: str, detail: str) -> ProblemView:
    return ProblemView(
        type=f"urn:provider-registry:problem:{code}",
        title=code.replace("_", " ").capitalize(),
        status=status.value,
        detail=detail,
        code=code,
        request_id=request_id(scope),
        errors=UNSET,
    )


def _response(view: ProblemView, headers: dict[str, str]) -> Response[ProblemView]:
    return Response(view, status_code=view.status, media_type=MEDIA_TYPE, headers=headers)
