"""What both realms' registration routes do once their caller is authenticated, and how registrations stand."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as with_fields
from http import HTTPStatus
from typing import Any
from uuid import UUID

import structlog
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example, OpenAPIType, Operation, Parameter, Schema
from litestar.params import FromPath
from msgspec.structs import replace

from application.use_cases.find_registration import FindRegistration
from domain.errors import RegistrationNotFoundError
from domain.names import ProviderName
from domain.registrants import Account, Registrant
from domain.registration import Registered, Registration
from domain.versions import ProviderVersion, VersionStatus
from entrypoints.http.models.registration import REGISTRATION_EXAMPLE, RegistrationBody
from entrypoints.http.openapi import responses
from entrypoints.http.requests.admission import Admission
from entrypoints.http.requests.attestations import sent_attestations
from entrypoints.http.requests.bodies import cancel_on_disconnect
from entrypoints.http.requests.decoding import decode_fields
from entrypoints.http.requests.parameters import DRY_RUN, exact_path_only, wants_dry_run
from entrypoints.http.requests.request_ids import request_id
from entrypoints.http.requests.request_mapping import to_registration
from entrypoints.presenters.dry_runs import CONFLICT_EXAMPLE, DryRunView, dry_run_view
from entrypoints.presenters.registrations import BUILDING_EXAMPLE, RegistrationView, registration_view
from entrypoints.presenters.versions import PUBLISHED_EXAMPLE, ProviderVersionView, version_view
from entrypoints.use_cases import RegistrationUseCases

_POLL_SECONDS = 2
"""When to look again, in ``Retry-After``."""
_RESPOND_ASYNC = "respond-async"
"""The preference of a client that does not wait."""
ReadName = Callable[[str, str | None], ProviderName]
"""How a realm reads ``name`` and ``organization_id``."""
REGISTRATION_RESPONSES = {
    200: responses.response(
        "This exact version was registered before; nothing was written. Or, on a dry run, what would happen.",
        PUBLISHED_EXAMPLE,
        Example(summary="A dry run", value=CONFLICT_EXAMPLE),
        of=ProviderVersionView | DryRunView,
        summary="The version as it is",
    ),
    202: responses.response(
        "The client prefers `respond-async`, and all is well as far as is known without the wheel. The rest is done "
        "later; `Location` tells how it stands.",
        replace(
            PUBLISHED_EXAMPLE, status=VersionStatus.BUILDING, wheel_size=None, published_at=None, compatibility=None
        ),
        summary="The version that is being built",
    ),
    201: responses.response("This call registered the version.", PUBLISHED_EXAMPLE, summary="The version"),
}
_DRY_RUN = Parameter(
    name=DRY_RUN,
    param_in="query",
    description="`true`: do everything but write, and answer 200 with what registering would come to. Refusals are "
    "those of the real thing, but a conflict is an outcome.",
    schema=Schema(type=OpenAPIType.BOOLEAN, default=False),
)


_PREFER = Parameter(
    name="Prefer",
    param_in="header",
    description="`respond-async` (RFC 7240): do not wait for the wheel to be fetched and verified.",
    schema=Schema(type=OpenAPIType.STRING),
)


@dataclass
class RegistrationOperation(Operation):
    """Documents the query and the body that the handler reads by itself, after authentication."""

    def __post_init__(self) -> None:
        """Add both."""
        self.parameters = [*(self.parameters or ()), _DRY_RUN, _PREFER]
        self.request_body = responses.json_body(RegistrationBody, "What release CI sends", REGISTRATION_EXAMPLE)


async def register(
    request: Request[Any, Any, Any],
    admission: Admission,
    use_cases: RegistrationUseCases,
    registrant: Registrant,
    read_name: ReadName,
) -> Response[ProviderVersionView | DryRunView]:
    """Read the body, and register what it announces, or, on a dry run, say what would come of it."""
    is_dry_run = wants_dry_run(request)

    def announced(body: object, raw: bytes) -> Registration:
        decoded, errors = decode_fields(body, RegistrationBody)
        sent, problems = sent_attestations(raw) if request.app.state.provenance else ((), ())
        registration = to_registration(
            (decoded, [*errors, *problems]), registrant, read_name, request_id(request.scope)
        )
        return with_fields(registration, attestations=sent)

    account = Account.of(registrant)
    async with admission.admit(request, account):
        registration = await admission.read_json_bytes(request, account, announced)
        structlog.contextvars.bind_contextvars(provider=registration.name.canonical, version=registration.version.text)
        if is_dry_run:
            structlog.contextvars.bind_contextvars(dry_run=True)
            result = await cancel_on_disconnect(request, use_cases.dry_run_registration.execute(registration))
            return Response(dry_run_view(result), status_code=HTTPStatus.OK)
        if _prefers_async(request):
            return _accepted(await cancel_on_disconnect(request, use_cases.accept_registration.execute(registration)))
        return _registered(await cancel_on_disconnect(request, use_cases.register_version.execute(registration)))


def _accepted(registered: Registered) -> Response[ProviderVersionView | DryRunView]:
    registration_id = registered.version.registration_id
    if registered.version.status is not VersionStatus.BUILDING or registration_id is None:
        return _registered(registered)
    headers = {
        "Location": _registration_path(registration_id),
        "Preference-Applied": _RESPOND_ASYNC,
        "Retry-After": str(_POLL_SECONDS),
    }
    return Response(version_view(registered.version), status_code=HTTPStatus.ACCEPTED, headers=headers)


def _registered(registered: Registered) -> Response[ProviderVersionView | DryRunView]:
    view = version_view(registered.version)
    if not registered.created:
        return Response(view, status_code=HTTPStatus.OK)
    return Response(view, status_code=HTTPStatus.CREATED, headers={"Location": _version_path(registered.version)})


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
        return Response(None, status_code=HTTPStatus.SEE_OTHER, headers={**headers, "Location": _version_path(version)})
    if version.status is VersionStatus.BUILDING:
        headers["Retry-After"] = str(_POLL_SECONDS)
    return Response(registration_view(named, version), status_code=HTTPStatus.OK, headers=headers)


def _prefers_async(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the client prefers a response before the work is done.

    Source: RFC 7240, sections 2 and 4.1. Tokens are case-insensitive, and fields may be repeated. A preference that is
    not understood is ignored.
    """
    fields = request.headers.getall("prefer", [])
    preferences = (part.partition(";")[0].strip().lower() for field in fields for part in field.split(","))
    return _RESPOND_ASYNC in preferences


def _registration_path(registration_id: UUID) -> str:
    """Return where a registration is."""
    return f"/registrations/{registration_id}"


def _version_path(version: ProviderVersion) -> str:
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
