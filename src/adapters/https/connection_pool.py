"""Idle connections to wheel hosts."""

import asyncio
from collections.abc import Collection

import anyio

from adapters.https.connection import Connection
from adapters.https.special_purpose_ranges import IPAddress

Origin = tuple[str, int]
"""Host and port."""


class ConnectionPool:
    """Keeps connections open for the next request to the same origin: a release registers many wheels of one host.

    A connection is closed when its host sends anything or closes it, and after ``idle_timeout`` seconds.
    Serves one event loop.
    """

    def __init__(self, max_idle: int, *, idle_timeout: float) -> None:
        self._max_idle = max_idle
        self._idle_timeout = idle_timeout
        self._idle: dict[Connection, tuple[Origin, asyncio.Task[None]]] = {}

    async def acquire(self, origin: Origin, addresses: Collection[IPAddress]) -> Connection | None:
        """Return the newest idle connection to one of these addresses, or None."""
        for _ in range(2):  # a watcher reads in its first turn and in its second one sees what was already received
            await asyncio.sleep(0)
        while (connection := self._newest(origin)) is not None:
            if await self._stop_watching(connection) and connection.address in addresses:
                return connection
            await connection.close()
        return None

    async def release(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection if it can serve another request; close it otherwise."""
        if not (self._max_idle and connection.is_reusable):
            await connection.close()
            return
        watcher = asyncio.create_task(self._watch(connection))
        self._idle[connection] = (origin, watcher)
        if len(self._idle) > self._max_idle:
            await self._close(next(iter(self._idle)))

    async def aclose(self) -> None:
        """Close the idle connections."""
        for connection in tuple(self._idle):
            await self._close(connection)

    def _newest(self, origin: Origin) -> Connection | None:
        return next((idle for idle, (owner, _) in reversed(self._idle.items()) if owner == origin), None)

    async def _watch(self, connection: Connection) -> None:
        with anyio.move_on_after(self._idle_timeout):
            await connection.wait_until_unusable()
        if self._idle.pop(connection, None) is not None:
            await connection.close()

    async def _stop_watching(self, connection: Connection) -> bool:
        """Take a connection out, and tell whether its host stayed silent."""
        _, watcher = self._idle.pop(connection)
        watcher.cancel()
        try:
            await asyncio.wait([watcher])
        except BaseException:
            await connection.close()
            raise
        return watcher.cancelled() and not connection.has_unread_data()

    async def _close(self, connection: Connection) -> None:
        _, watcher = self._idle.pop(connection)
        watcher.cancel()
        await connection.close()
