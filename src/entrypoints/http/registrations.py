"""What both realms' registration routes do once their caller is authenticated."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response

from domain.machines import Registrant
from domain.names import ProviderName
from entrypoints.http.bodies import read_json
from entrypoints.http.commands import to_registration
from entrypoints.http.decoding import decode_fields
from entrypoints.http.disconnects import unless_disconnected
from entrypoints.http.request_ids import request_id
from entrypoints.http.service import Service
from entrypoints.http.views import version_view
from entrypoints.http.wire import ProviderVersionView, RegistrationBody

ReadName = Callable[[str, str | None], ProviderName]
"""How a realm reads ``name`` and ``organization_id``."""


async def register(
    request: Request[Any, Any, Any], service: Service, registrant: Registrant, read_name: ReadName, *, account: str
) -> Response[ProviderVersionView]:
    """Read the body, register what it announces, and answer 201 or 200.

    Registrations in flight are counted by ``account``: the machine, or the organisation whoever acts for it.
    """
    decoded = decode_fields(await read_json(request, limit=service.limits.body_bytes), RegistrationBody)
    registration = to_registration(decoded, registrant, read_name, request_id(request.scope))
    structlog.contextvars.bind_contextvars(provider=registration.name.canonical, version=registration.version.text)
    with service.in_flight.hold(account):
        registered = await unless_disconnected(request, service.registry.register_version.execute(registration))
    view = version_view(registered.version)
    if not registered.created:
        return Response(view, status_code=HTTPStatus.OK)
    location = f"/providers/{view.canonical}/versions/{view.version}"
    return Response(view, status_code=HTTPStatus.CREATED, headers={"Location": location})
