"""Routes of the Console realm."""

from typing import Any

import structlog
from litestar import Request, Response, post
from litestar.di import NamedDependency, Provide
from litestar.middleware import DefineMiddleware

from application.use_cases.authentication import AuthenticateMachine
from domain.errors import InvalidProviderNameError
from domain.names import PLATFORM, ProviderName
from domain.registrants import ConsoleMachine
from entrypoints.http.middleware.registration_metrics import RegistrationMetricsMiddleware
from entrypoints.http.requests.admission import Admission
from entrypoints.http.requests.authentication import bearer_token
from entrypoints.http.requests.parameters import exact_path_only
from entrypoints.http.routes.registrations import (
    REGISTRATION_RESPONSES,
    RegistrationOperation,
    register,
)
from entrypoints.presenters.dry_runs import DryRunView
from entrypoints.presenters.versions import ProviderVersionView
from entrypoints.use_cases import RegistrationUseCases


async def authenticated_machine(
    request: Request[Any, Any, Any], authenticate_machine: NamedDependency[AuthenticateMachine]
) -> ConsoleMachine:
    """Return the machine that calls.

    Raises:
        NotAuthenticatedError: It did not authenticate.
        MachineNotAllowedError: It may not release.
        TokenAuthorityUnavailableError: Nothing could be learned about its token.
    """
    machine = await authenticate_machine.execute(bearer_token(request))
    structlog.contextvars.bind_contextvars(machine_id=machine.id)
    return machine


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
    dependencies={"machine": Provide(authenticated_machine)},
    middleware=[DefineMiddleware(RegistrationMetricsMiddleware, realm="console")],
    guards=[exact_path_only],
)
async def register_platform_version(
    request: Request[Any, Any, Any],
    machine: NamedDependency[ConsoleMachine],
    registration: NamedDependency[RegistrationUseCases],
    admission: NamedDependency[Admission],
) -> Response[ProviderVersionView | DryRunView]:
    """Authenticate, and only then read the body: an unauthenticated caller costs a header field."""
    return await register(request, admission, registration, machine, platform_name)


def platform_name(written: str, organization_id: str | None) -> ProviderName:
    """Read a canonical name, or the short name of a legacy client, which on the Console route is the platform's.

    Raises:
        InvalidProviderNameError: It is neither.
    """
    if "/" in written:
        return ProviderName.parse(written)
    name = ProviderName(PLATFORM, written)
    if organization_id is None:
        raise InvalidProviderNameError(f"send the canonical name, '{name}'")
    return name
