"""Telling observers of attempts to register, whatever ends them."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from time import perf_counter
from typing import Any, TypeVar

from litestar import Response

from application.errors import TransientError
from application.ports.observer import Attempt, Observer, Outcome
from domain.errors import RegistryError
from entrypoints.http.models.dry_run import DryRunView
from entrypoints.http.requests.bodies import ClientDisconnectedError

T = TypeVar("T")


async def observed(observer: Observer, realm: str, attempt: Awaitable[Response[T]]) -> Response[T]:
    """Return what the attempt answers, and tell the observer how it ended. What it raises passes through."""
    started = perf_counter()
    with observer.registering(realm):
        try:
            response = await attempt
        except BaseException as error:
            observer.registered(Attempt(realm, *_ending(error), perf_counter() - started))
            raise
        observer.registered(Attempt(realm, _success(response), "", perf_counter() - started))
        return response


def _success(response: Response[Any]) -> Outcome:
    if isinstance(response.content, DryRunView):
        return Outcome.REHEARSED
    return Outcome.CREATED if response.status_code == HTTPStatus.CREATED else Outcome.UNCHANGED


def _ending(error: BaseException) -> tuple[Outcome, str]:
    match error:
        case ClientDisconnectedError():
            return Outcome.ABANDONED, error.code
        case asyncio.CancelledError():
            return Outcome.ABANDONED, "cancelled"
        case TransientError():
            return Outcome.FAILED, error.code
        case RegistryError():
            return Outcome.REFUSED, error.code
        case _:
            return Outcome.BROKEN, "internal_error"
