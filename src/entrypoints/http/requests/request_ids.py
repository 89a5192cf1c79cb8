"""A name for every request, accepted or made: in its response, in every line logged on its behalf, and for routes."""

import re
import secrets
from time import perf_counter

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from entrypoints.telemetry import NULL_HTTP_OBSERVER, RequestObserver

_STATE_KEY = "request_id"
_MAX_PATH_LENGTH = 500


def request_id(scope: Scope) -> str:
    return str(scope["state"][_STATE_KEY])


def printable(path: str) -> str:
    """Return a path that neither fills the log or the answer nor drives the terminal that shows it."""
    if path.isprintable() and len(path) <= _MAX_PATH_LENGTH:
        return path
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in path[:_MAX_PATH_LENGTH]
    )


HEADER = "X-Request-ID"
_RAW_HEADER = HEADER.lower().encode()
_ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}", re.ASCII)
_NO_ROUTE = "none"


class RequestIdMiddleware:
    """Names each request, logs its outcome and reports it to an observer."""

    def __init__(self, app: ASGIApp, observer: RequestObserver = NULL_HTTP_OBSERVER) -> None:
        self.app = app
        self._observer = observer
        self._log = structlog.get_logger().bind()  # once: a lazy logger is made anew for every line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        name = _offered(scope) or secrets.token_hex(16)
        scope.setdefault("state", {})[_STATE_KEY] = name
        started = perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=name)

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (_RAW_HEADER, name.encode())]
                method, status, seconds = scope["method"], int(message["status"]), perf_counter() - started
                path = printable(scope["path"])
                self._log.info("request_answered", method=method, path=path, status=status, seconds=round(seconds, 6))
                self._observer.answered(method, scope.get("path_template") or _NO_ROUTE, status, seconds)
            await send(message)

        await self.app(scope, receive, send_named)


def _offered(scope: HTTPScope) -> str | None:
    # One pass over the raw headers: every request pays for this.
    offered = next((value.decode("latin-1") for name, value in scope["headers"] if name == _RAW_HEADER), "")
    return offered if _ACCEPTED.fullmatch(offered) else None
