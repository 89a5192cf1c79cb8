"""Reporting attempts to register, however they end."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from time import perf_counter

from litestar import Request
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from application.errors import TransientError
from domain.errors import RegistryError
from entrypoints.http.problems import HTTP_CODES
from entrypoints.http.requests.bodies import ClientDisconnectedError
from entrypoints.http.requests.parameters import wants_dry_run
from entrypoints.telemetry import Outcome, RegistrationObserver

_STATE_KEY = "exception"


async def remember_exception(exception: Exception, scope: Scope) -> None:
    """Keep the exception of a request for its middleware, to which exception handlers show the response only."""
    scope["state"][_STATE_KEY] = exception


class RegistrationMetricsMiddleware:
    """Middleware of a registration route: reports an attempt when its response begins, or when it is cancelled."""

    def __init__(self, app: ASGIApp, realm: str) -> None:
        self._app = app
        self._realm = realm

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        observer: RegistrationObserver = scope["litestar_app"].state.telemetry.observer
        started = perf_counter()
        is_reported = False

        def report(outcome: Outcome, code: str) -> None:
            nonlocal is_reported
            if not is_reported:
                is_reported = True
                observer.registered(self._realm, outcome, code, perf_counter() - started)

        async def send_observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                report(*_outcome(scope, message["status"]))
            await send(message)

        with observer.registering(self._realm):
            try:
                await self._app(scope, receive, send_observed)
            except asyncio.CancelledError:
                report(Outcome.CANCELLED, "cancelled")
                raise


_OUTCOMES: Mapping[int, Outcome] = {HTTPStatus.CREATED: Outcome.CREATED, HTTPStatus.ACCEPTED: Outcome.ACCEPTED}


def _outcome(scope: Scope, status: int) -> tuple[Outcome, str]:
    match scope["state"].get(_STATE_KEY):
        case None:
            unwritten = Outcome.DRY_RUN if wants_dry_run(Request(scope)) else Outcome.UNCHANGED
            return _OUTCOMES.get(status, unwritten), ""
        case ClientDisconnectedError() as error:
            return Outcome.CANCELLED, error.code
        case TransientError() as error:
            return Outcome.FAILED, error.code
        case RegistryError() as error:
            return Outcome.REFUSED, error.code
        case HTTPException() as error if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:  # of a guard
            return Outcome.REFUSED, HTTP_CODES.get(HTTPStatus(error.status_code), "bad_request")
        case _:
            return Outcome.ERROR, "internal_error"
