"""Registrations that are done later, for those who wait for them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.use_cases.find_registration import FindRegistration
from domain.errors import RegistrationNotFoundError
from domain.versions import ProviderVersion, VersionStatus
from entrypoints.http.openapi import responses
from entrypoints.http.requests.parameters import exact_path_only
from entrypoints.presenters.registrations import BUILDING_EXAMPLE, RegistrationView, registration_view

POLL_SECONDS = 2
"""When to look again, in ``Retry-After``."""
RESPOND_ASYNC = "respond-async"
"""The preference of a client that does not wait."""


@get(
    "/registrations/{registration_id:str}",
    tags=["Registrations"],
    summary="Read how a registration stands",
    description="Where the `Location` of a 202 leads. While the version is being built, and if that failed, the answer "
    "is 200 and says so; once it is published, 303 to the version. The id is known to the registrant alone; a "
    "registration that takes the place of a failed one has another id. Takes no token.",
    operation_id="readRegistration",
    responses={
        200: responses.response("It is being built, or it failed.", BUILDING_EXAMPLE),
        303: responses.empty("It is published: the version is at `Location`."),
    },
    guards=[exact_path_only],
)
async def find_registration(
    registration_id: FromPath[str], find_registration: NamedDependency[FindRegistration]
) -> Response[RegistrationView | None]:
    """Read one registration."""
    named = _id(registration_id)
    version = await find_registration.execute(named)
    headers = {"Cache-Control": "no-store"}
    if version.status.is_public:
        return Response(None, status_code=HTTPStatus.SEE_OTHER, headers={**headers, "Location": version_path(version)})
    if version.status is VersionStatus.BUILDING:
        headers["Retry-After"] = str(POLL_SECONDS)
    return Response(registration_view(named, version), status_code=HTTPStatus.OK, headers=headers)


def prefers_async(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the client prefers a response before the work is done.

    Source: RFC 7240, sections 2 and 4.1. Tokens are case-insensitive, and fields may be repeated. A preference that is
    not understood is ignored.
    """
    fields = request.headers.getall("prefer", [])
    preferences = (part.partition(";")[0].strip().lower() for field in fields for part in field.split(","))
    return RESPOND_ASYNC in preferences


def registration_path(registration_id: UUID) -> str:
    """Return where a registration is."""
    return f"/registrations/{registration_id}"


def version_path(version: ProviderVersion) -> str:
    """Return where a version is."""
    return f"/providers/{version.name.canonical}/versions/{version.version.text}"


def _id(written: str) -> UUID:
    try:
        found = UUID(written)
    except ValueError:
        found = None
    if found is None or str(found) != written:
        raise RegistrationNotFoundError("no registration has this id; send the path of the Location field as it was")
    return found
