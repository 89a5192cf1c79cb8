"""Reads of providers take turns: however many are asked for, few are worked on at once.

An event loop lets everything that is ready take a step before anything takes its next one, and a registration takes
dozens. Reads that wait for their turn take none.
"""

import asyncio
from collections.abc import Mapping

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

_READS = frozenset({"GET", "HEAD"})
_LANES = {"/providers/": 4, "/catalog/": 2}
"""How many are worked on at once, by the beginning of their paths. Pages wait for the one thread that renders as well.

With searches and package indexes, which have bounds of their own, reads leave database connections to registrations.
"""


class ReadLimitMiddleware:
    """ASGI middleware that bounds how many reads and pages of providers are worked on at once. Nothing else waits."""

    def __init__(self, app: ASGIApp, *, lanes: Mapping[str, int] = _LANES) -> None:
        """Wrap an application."""
        self._app = app
        self._lanes = {beginning: asyncio.Semaphore(at_once) for beginning, at_once in lanes.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Its turn ends when its answer begins, so that no slow reader holds one."""
        turns = self._turns(scope) if scope["type"] == ScopeType.HTTP else None
        if turns is None:
            await self._app(scope, receive, send)
            return
        await turns.acquire()
        holds = True

        def give_back() -> None:
            nonlocal holds
            if holds:
                holds = False
                turns.release()

        async def send_in_turn(message: Message) -> None:
            give_back()
            await send(message)

        try:
            await self._app(scope, receive, send_in_turn)
        finally:
            give_back()

    def _turns(self, scope: HTTPScope) -> asyncio.Semaphore | None:
        if scope["method"] not in _READS:
            return None
        path = scope["path"]
        return next((turns for beginning, turns in self._lanes.items() if path.startswith(beginning)), None)
