"""Header fields that every answer carries, whatever it is and wherever it was refused; those of CORS among them.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol. Nothing here admits cookies: no answer allows credentials.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from entrypoints.http.cache.representation import Field

INTERNAL = {"internal": True}
"""Options of a route that scripts of other origins may not read, although it needs no token."""

_READS = frozenset({"GET", "HEAD"})
_VARY: Field = (b"vary", b"Origin")
_EXPOSED: Field = (
    b"access-control-expose-headers",
    b"Allow, ETag, Link, Location, Retry-After, WWW-Authenticate, X-Request-ID",
)
_PUBLIC: Sequence[Field] = ((b"access-control-allow-origin", b"*"), _EXPOSED)
_MAX_AGE: Field = (b"access-control-max-age", b"600")
_PUBLIC_PREFLIGHT: Sequence[Field] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"Content-Type, If-None-Match, X-Request-ID"),
    _MAX_AGE,
    _VARY,
)
_ALLOWED_HEADERS: Field = (
    b"access-control-allow-headers",
    b"Authorization, Content-Type, If-None-Match, X-Request-ID",
)
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""No script, no image and no frame; nothing is loaded but the stylesheet of the registry itself."""
PROTECTION = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_PROTECTION = tuple((name.lower().encode(), value.encode()) for name, value in PROTECTION.items())
_NOT_STORED: Field = (b"cache-control", b"no-store")


@dataclass(frozen=True, slots=True)
class CorsPolicy:
    """The rules of one application.

    Attributes:
        reads: Path templates of the reads that need no token; scripts of every origin may read them.
        origins: Origins whose scripts may send tokens.
    """

    reads: frozenset[str]
    origins: frozenset[bytes]

    @classmethod
    def of(cls, app: Litestar, origins: Iterable[str]) -> "CorsPolicy":
        """Derive the public reads from the routes."""
        handlers = (
            (route.path_format, handler)
            for route in app.routes
            if isinstance(route, HTTPRoute)
            for handler in route.route_handlers
        )
        reads = (
            path
            for path, handler in handlers
            if "GET" in handler.http_methods and not handler.security and not handler.opt.get("internal")
        )
        return cls(frozenset(reads), frozenset(origin.encode() for origin in origins))

    def fields(self, scope: HTTPScope, answered: Mapping[bytes, bytes]) -> Sequence[Field]:
        """Return the header fields that an answer needs beside those that it has."""
        route = scope.get("path_template", "")
        if scope["method"] in _READS and (not route or route in self.reads):
            return _PUBLIC
        asked = dict(scope["headers"])
        origin = asked.get(b"origin", b"")
        wanted = asked.get(b"access-control-request-method")
        if scope["method"] == "OPTIONS" and wanted is not None and route:
            return self._preflight(route, origin, wanted, answered)
        if origin in self.origins:
            return (b"access-control-allow-origin", origin), _EXPOSED, _VARY
        return (_VARY,)

    def _preflight(self, route: str, origin: bytes, wanted: bytes, answered: Mapping[bytes, bytes]) -> Sequence[Field]:
        if origin in self.origins:
            allowed = (b"access-control-allow-methods", answered.get(b"allow", b"GET, HEAD"))
            return (b"access-control-allow-origin", origin), allowed, _ALLOWED_HEADERS, _MAX_AGE, _VARY
        if wanted.decode("latin-1") in _READS and route in self.reads:
            return _PUBLIC_PREFLIGHT
        return (_VARY,)


class SecurityHeadersMiddleware:
    """Adds the fields, and ``Cache-Control: no-store`` to answers that say nothing of caching."""

    def __init__(self, app: ASGIApp, cors: CorsPolicy) -> None:
        self._app = app
        self._cors = cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = [*message["headers"], *_PROTECTION]
                named = dict(fields)
                if b"cache-control" not in named:
                    fields.append(_NOT_STORED)
                fields += self._cors.fields(scope, named)
                message["headers"] = fields
            await send(message)

        await self._app(scope, receive, send_protected)
