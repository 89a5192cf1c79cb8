"""Giving up work whose client has gone."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from litestar import Request

from entrypoints.http.bodies import ClientDisconnectedError

T = TypeVar("T")


async def unless_disconnected(request: Request[Any, Any, Any], work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns, or cancel it when the client disconnects; its body must be read by then.

    Raises:
        ClientDisconnectedError: The client went away first; nobody reads the answer.
    """
    working = asyncio.create_task(work)
    watching = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnectedError("the client disconnected before the registration was complete")
        return working.result()
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.wait({working, watching})


async def _disconnected(request: Request[Any, Any, Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
