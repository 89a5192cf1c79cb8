"""What HTTP asks of a server whatever the route: one Host field, HEAD and OPTIONS, and the rest of unread bodies."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

import msgspec
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from entrypoints.http.cache.representation import Field, RawResponse
from entrypoints.http.problems import MEDIA_TYPE, problem

_AUTHORITY = re.compile(rb"(?:[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_OLD_VERSIONS = frozenset({"1", "1.0"})
_SENTENCE = "send one Host header, with a host name or address and at most a port"


class HostMiddleware:
    """Answers 400 to a request without exactly one well-formed ``Host`` field. HTTP/1.0 may leave it out.

    Source: RFC 9112, section 3.2.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or _is_valid(scope):
            await self._app(scope, receive, send)
            return
        body = msgspec.json.encode(problem(scope, HTTPStatus.BAD_REQUEST, "bad_request", _SENTENCE))
        fields = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        await RawResponse(HTTPStatus.BAD_REQUEST, fields, body)(scope, receive, send)


def _is_valid(scope: HTTPScope) -> bool:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) == 1 and hosts[0]:
        return _AUTHORITY.fullmatch(hosts[0]) is not None
    return not any(hosts) and len(hosts) < 2 and scope["http_version"] in _OLD_VERSIONS  # granian adds an empty one


WITHOUT_BODY = "provider_registry.without_body"
"""In the scope of a request whose response's body is not sent, so that it need not be read."""
_OF_THE_SERVER = b"DELETE, GET, HEAD, OPTIONS, POST, PUT"


class MethodMiddleware:
    """Answers HEAD as GET without the body, completes ``Allow``, and answers ``OPTIONS *``.

    ``methods`` are those of each path template.

    Source: RFC 9110, sections 9.3.2, 9.3.7 and 10.2.1.
    """

    def __init__(self, app: ASGIApp, methods: Mapping[str, set[str]]) -> None:
        self._app = app
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] == "GET":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and scope["path"] == "*":
            await RawResponse(HTTPStatus.NO_CONTENT, [(b"allow", _OF_THE_SERVER)])(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"

        async def send_completed(message: Message) -> None:
            if is_head:
                scope["method"] = "HEAD"
            if message["type"] == "http.response.start":
                methods = self._methods.get(scope.get("path_template", ""), set())
                message["headers"] = [_completed(field, methods) for field in message["headers"]]
            elif message["type"] == "http.response.body" and is_head:
                message["body"] = b""
            await send(message)

        if is_head:
            # In place: middleware outside of this one reads the route and the method in the same scope.
            scope["method"] = "GET"
            cast("dict[str, object]", scope)[WITHOUT_BODY] = True
        await self._app(scope, receive, send_completed)


def methods_by_path(app: Litestar) -> Mapping[str, set[str]]:
    """Return the methods of each path template. The framework's own answer to OPTIONS names those of one handler."""
    methods: defaultdict[str, set[str]] = defaultdict(set)
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            methods[route.path_format] |= route.methods
    return dict(methods)


def _completed(field: Field, methods: set[str]) -> Field:
    name, value = field
    if name != b"allow":
        return field
    named = methods | {method.strip() for method in value.decode("latin-1").split(",")}
    return name, ", ".join(sorted(named | ({"HEAD"} if "GET" in named else set()))).encode()


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
