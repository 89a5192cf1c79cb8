"""What every route does with HEAD and OPTIONS, and the ``Allow`` field that names both."""

from collections import defaultdict
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.cache.representation import Field, RawResponse

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
