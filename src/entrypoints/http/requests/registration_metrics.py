"""Reporting attempts to register, however they end."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from time import perf_counter
from typing import Any, TypeVar

from litestar import Response

from application.errors import TransientError
from domain.errors import RegistryError
from entrypoints.http.requests.bodies import ClientDisconnectedError
from entrypoints.presenters.dry_runs import DryRunView
from entrypoints.telemetry import Outcome, RegistrationObserver

T = TypeVar("T")


async def observed(observer: RegistrationObserver, realm: str, attempt: Awaitable[Response[T]]) -> Response[T]:
    """Return the response of an attempt, and report how the attempt ended. Exceptions pass through."""
    started = perf_counter()
    with observer.registering(realm):
        try:
            response = await attempt
        except BaseException as error:
            observer.registered(realm, *_ending(error), perf_counter() - started)
            raise
        observer.registered(realm, _success(response), "", perf_counter() - started)
        return response


def _success(response: Response[Any]) -> Outcome:
    if isinstance(response.content, DryRunView):
        return Outcome.DRY_RUN
    return Outcome.CREATED if response.status_code == HTTPStatus.CREATED else Outcome.UNCHANGED


def _ending(error: BaseException) -> tuple[Outcome, str]:
    match error:
        case ClientDisconnectedError():
            return Outcome.CANCELLED, error.code
        case asyncio.CancelledError():
            return Outcome.CANCELLED, "cancelled"
        case TransientError():
            return Outcome.FAILED, error.code
        case RegistryError():
            return Outcome.REFUSED, error.code
        case _:
            return Outcome.ERROR, "internal_error"
