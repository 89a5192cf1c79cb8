"""Header fields that every answer carries, whatever it is and wherever it was refused."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.cache.representation import Field
from entrypoints.http.middleware.cors import CorsPolicy

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


class SecurityHeadersMiddleware:
    """Adds the fields, and ``Cache-Control: no-store`` to answers that say nothing of caching."""

    def __init__(self, app: ASGIApp, cors: CorsPolicy) -> None:
        self._app = app
        self._cors = cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
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
