"""Routes of the Console realm."""

from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response, post
from litestar.di import NamedDependency

from entrypoints.http.authentication import bearer_token
from entrypoints.http.bodies import read_json
from entrypoints.http.commands import to_registration
from entrypoints.http.decoding import decode_struct
from entrypoints.http.documentation import REGISTRATION_RESPONSES, RegistrationOperation
from entrypoints.http.service import Service
from entrypoints.http.views import version_view
from entrypoints.http.wire import ProviderVersionView, RegistrationBody


@post(
    "/console/provider-versions",
    tags=["Console"],
    summary="Register Platform Provider Version",
    description="Register a first-party provider version backed by a wheel. Safe to repeat: the same content answers "
    "200 and writes nothing.",
    operation_id="registerPlatformProviderVersion",
    operation_class=RegistrationOperation,
    responses=REGISTRATION_RESPONSES,
    security=[{"ConsoleMachine": []}],
)
async def register_platform_version(
    request: Request[Any, Any, Any], service: NamedDependency[Service]
) -> Response[ProviderVersionView]:
    """Authenticate, then read the body, then register: an attacker pays for a header before anything is parsed."""
    machine = await service.registry.authenticate_machine.execute(bearer_token(request))
    structlog.contextvars.bind_contextvars(machine_id=machine.id)
    with service.in_flight.hold(machine.id):
        body = decode_struct(await read_json(request, limit=service.limits.body_bytes), RegistrationBody)
        registration = to_registration(body, machine)
        structlog.contextvars.bind_contextvars(provider=registration.name.canonical, version=registration.version.text)
        registered = await service.registry.register_version.execute(registration)
    view = version_view(registered.version)
    if not registered.created:
        return Response(view, status_code=HTTPStatus.OK)
    location = f"/providers/{view.canonical}/versions/{view.version}"
    return Response(view, status_code=HTTPStatus.CREATED, headers={"Location": location})
