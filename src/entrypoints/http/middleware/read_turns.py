"""Reads of providers take turns: however many are asked for, few are worked on at once.

An event loop lets everything that is ready take a step before anything takes its next one, and a registration takes
dozens. Reads that wait for their turn take none.
"""

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

_AT_ONCE = 8
_READS = frozenset({"GET", "HEAD"})
_PATHS = "/providers/"
"""Searches, pages and package indexes wait in lines of their own: for the database, and for a thread that renders."""


class ReadTurns:
    """ASGI middleware that bounds how many reads of providers are worked on at once. Nothing else waits."""

    def __init__(self, app: ASGIApp, *, at_once: int = _AT_ONCE) -> None:
        """Wrap an application."""
        self._app = app
        self._turns = asyncio.Semaphore(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Its turn ends when its answer begins, so that no slow reader holds one."""
        if scope["type"] != ScopeType.HTTP or not _takes_turns(scope):
            await self._app(scope, receive, send)
            return
        await self._turns.acquire()
        holds = True

        def give_back() -> None:
            nonlocal holds
            if holds:
                holds = False
                self._turns.release()

        async def send_in_turn(message: Message) -> None:
            give_back()
            await send(message)

        try:
            await self._app(scope, receive, send_in_turn)
        finally:
            give_back()


def _takes_turns(scope: HTTPScope) -> bool:
    return scope["method"] in _READS and scope["path"].startswith(_PATHS)
