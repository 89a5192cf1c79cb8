"""Giving up work whose client has gone."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from litestar import Request

from entrypoints.http.requests.bodies import ClientDisconnectedError

T = TypeVar("T")


async def cancel_on_disconnect(request: Request[Any, Any, Any], work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns, or cancel it when the client disconnects; its body must be read by then.

    Raises:
        ClientDisconnectedError: The client disconnected first.
    """
    # It passes when the client goes, and knows its own cancellation from any other.
    deadline = asyncio.timeout(None)
    watching = asyncio.create_task(_end_when_disconnected(deadline, request))
    try:
        async with deadline:
            return await work
    except TimeoutError:
        if not deadline.expired():
            raise
        raise ClientDisconnectedError("the client disconnected before the registration was complete") from None
    finally:
        watching.cancel()


async def _end_when_disconnected(deadline: asyncio.Timeout, request: Request[Any, Any, Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    deadline.reschedule(0)
