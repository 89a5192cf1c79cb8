"""Noticing that a client has gone before its response is complete."""

from litestar.types import Receive


async def disconnected(receive: Receive) -> None:
    """Return once the client has disconnected; what it still sends is discarded."""
    while (await receive())["type"] != "http.disconnect":
        pass
