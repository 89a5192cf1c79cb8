"""Limits how many reads of providers are handled at once.

An event loop lets everything that is ready take a step before anything takes its next one, and a registration takes
dozens. Reads that wait for their turn take none.
"""

import asyncio
from collections.abc import Mapping

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

_READS = frozenset({"GET", "HEAD"})
_LIMITS = {"/providers/": 4, "/catalog/": 2, "/log": 1, "/registrations/": 1}
"""How many are handled at once, by the prefix of their paths. Pages also wait for the one thread that renders.

With searches, package indexes and changes, which have bounds of their own, reads leave database connections to
registrations.
"""


class ReadLimitMiddleware:
    """ASGI middleware that limits how many reads and pages of providers are handled at once. Nothing else waits."""

    def __init__(self, app: ASGIApp, *, limits: Mapping[str, int] = _LIMITS) -> None:
        self._app = app
        self._limits = {beginning: asyncio.Semaphore(at_once) for beginning, at_once in limits.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. It leaves the limit when its response begins, so that slow readers do not count."""
        semaphore = self._semaphore_of(scope) if scope["type"] == ScopeType.HTTP else None
        if semaphore is None:
            await self._app(scope, receive, send)
            return
        await semaphore.acquire()
        holds = True

        def release() -> None:
            nonlocal holds
            if holds:
                holds = False
                semaphore.release()

        async def send_released(message: Message) -> None:
            release()
            await send(message)

        try:
            await self._app(scope, receive, send_released)
        finally:
            release()

    def _semaphore_of(self, scope: HTTPScope) -> asyncio.Semaphore | None:
        if scope["method"] not in _READS:
            return None
        path = "/" + scope["path"].lstrip("/")  # the framework finds the route under doubled slashes
        return next((semaphore for beginning, semaphore in self._limits.items() if path.startswith(beginning)), None)
