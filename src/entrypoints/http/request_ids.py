"""A name for every request: accepted or made, returned, and in every line logged on its behalf."""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from application.ports.observer import NOBODY, Answer, Observer

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}", re.ASCII)
_STATE_KEY = "request_id"
_NO_ROUTE = "none"
_log = structlog.get_logger()


def request_id(scope: Scope) -> str:
    """Return the request's name."""
    return str(scope["state"][_STATE_KEY])


class RequestIdMiddleware:
    """Names each request, logs its outcome and tells an observer."""

    def __init__(self, app: ASGIApp, observer: Observer = NOBODY) -> None:
        """Wrap an application."""
        self.app = app
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        name = _accepted(Headers.from_scope(scope).get(HEADER)) or uuid4().hex
        scope.setdefault("state", {})[_STATE_KEY] = name
        started = perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=name)

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableScopeHeaders.from_message(message)[HEADER] = name
                method, status, seconds = scope["method"], int(message["status"]), perf_counter() - started
                path = printable(scope["path"])
                _log.info("request", method=method, path=path, status=status, seconds=round(seconds, 6))
                self._observer.answered(Answer(method, scope.get("path_template") or _NO_ROUTE, status, seconds))
            await send(message)

        await self.app(scope, receive, send_named)


def printable(path: str) -> str:
    """Return a path that neither fills the log or the answer nor drives the terminal that shows it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in path[:500])


def _accepted(offered: str | None) -> str | None:
    return offered if offered and _ACCEPTED.fullmatch(offered) else None
