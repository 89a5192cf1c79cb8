"""One request to an ASGI application, with every byte of the answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from litestar.types import ASGIApp

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Response:
    status: int
    headers: Headers
    body: bytes


async def send(app: ASGIApp, method: str, target: str, headers: Headers, body: bytes = b"") -> Response:
    """Send a request as the server would hand it over, and return what the server would send."""
    path, _, query = target.partition("?")
    parts = [body]
    head: list[Any] = []
    chunks: list[bytes] = []

    async def receive() -> Any:
        if parts:
            return {"type": "http.request", "body": parts.pop(), "more_body": False}
        return await asyncio.Event().wait()

    async def collect(message: Any) -> None:
        if message["type"] == "http.response.start":
            head.append(message)
        else:
            chunks.append(message.get("body", b""))

    scope: Any = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 9000),
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "extensions": {},
    }
    await app(scope, receive, collect)
    (start,) = head
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
    return Response(start["status"], fields, b"".join(chunks))
