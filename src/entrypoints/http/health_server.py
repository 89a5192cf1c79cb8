"""The metrics and the health of a process that serves nothing else, beside its work in one event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp

from application.use_cases.queries import CheckReadiness
from entrypoints.http.dependencies import attributes
from entrypoints.http.middleware.protocol import MethodMiddleware, methods_by_path
from entrypoints.http.middleware.security_headers import CorsPolicy, SecurityHeadersMiddleware
from entrypoints.http.problems import EXCEPTION_HANDLERS
from entrypoints.http.requests.request_ids import RequestIdMiddleware
from entrypoints.http.routes.health import health, ready
from entrypoints.http.routes.metrics import metrics
from entrypoints.http.server import LOGGING
from entrypoints.listen import address_of
from entrypoints.settings import ServerSettings
from entrypoints.telemetry import Telemetry
from entrypoints.use_cases import UseCases

_CONNECTIONS = 512
"""Of scrapers and probes; others wait to be accepted."""
_IDLE_MILLISECONDS = 15_000
"""Until a connection without a request is closed, so that those of others never keep probes out for long."""


@asynccontextmanager
async def serving_health(
    settings: ServerSettings, port: int, use_cases: UseCases, telemetry: Telemetry
) -> AsyncIterator[None]:
    """Serve ``/metrics``, ``/health`` and ``/health/ready`` until the context is left.

    Args:
        settings: The address.
        port: To listen on; has to be free.
        use_cases: Of the process.
        telemetry: Has to have metrics.
    """
    server = Server(
        _application(use_cases.check_readiness, telemetry),
        address=address_of(settings.host),
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_IDLE_MILLISECONDS),
        websockets=False,
        log_dictconfig=LOGGING,
        log_level=LogLevels.error,  # it warns of itself at each start
    )
    served = asyncio.create_task(server.serve())
    await asyncio.sleep(0)  # it listens, or has failed, before it waits
    try:
        if served.done():
            await served
        yield
    finally:
        server.stop()  # type: ignore[no-untyped-call] # it is untyped
        await served


def _application(check_readiness: CheckReadiness, telemetry: Telemetry) -> ASGIApp:
    state = State({"check_readiness": check_readiness, "telemetry": telemetry})
    app = Litestar(
        route_handlers=[metrics, health, ready],
        dependencies=attributes(lambda: state, state.dict()),
        exception_handlers=dict(EXCEPTION_HANDLERS),
        openapi_config=None,
        logging_config=None,
    )
    inner = MethodMiddleware(app, methods_by_path(app))
    return RequestIdMiddleware(SecurityHeadersMiddleware(inner, CorsPolicy.of(app, ())), telemetry.observer)
