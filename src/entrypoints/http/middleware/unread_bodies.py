"""Bodies of requests that were answered without reading them."""

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Receive, Scope, Send

_MOST_BYTES = 4 * 1024 * 1024
"""More than a proxy admits in front of the largest body that is accepted."""
_SECONDS = 5.0


class UnreadBodyMiddleware:
    """Discards the rest of a body after the answer was sent.

    A server that closes a connection with unread bytes resets it, and the client, or the proxy on its behalf, may lose
    the answer. Source: RFC 9112, section 9.6.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not _announces_a_short_body(scope):
            await self.app(scope, receive, send)
            return
        ended = False

        async def receive_watched() -> HTTPReceiveMessage:
            nonlocal ended
            message: HTTPReceiveMessage = await receive()  # type: ignore[assignment]  # the scope says so
            ended = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        await self.app(scope, receive_watched, send)
        remaining = _MOST_BYTES
        try:
            async with asyncio.timeout(_SECONDS):
                while not ended and remaining > 0:
                    message = await receive_watched()
                    remaining -= len(message.get("body", b"") if message["type"] == "http.request" else b"")
        except TimeoutError:
            return


def _announces_a_short_body(scope: HTTPScope) -> bool:
    """Tell whether a body is on its way that is worth reading to its end; one that waits for a 100 is not."""
    headers = {name: value for name, value in scope["headers"] if name in _ABOUT_BODIES}
    if b"expect" in headers:
        return False
    length = headers.get(b"content-length", b"")
    return b"transfer-encoding" in headers or (length.isdigit() and 0 < int(length[:20]) <= _MOST_BYTES)


_ABOUT_BODIES = frozenset({b"content-length", b"expect", b"transfer-encoding"})
