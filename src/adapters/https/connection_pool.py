"""Idle connections to wheel hosts."""

import asyncio
from collections.abc import Collection

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
        self._idle: dict[Connection, tuple[Origin, asyncio.TimerHandle]] = {}

    def acquire(self, origin: Origin, addresses: Collection[IPAddress]) -> Connection | None:
        """Return the newest idle connection to one of these addresses, or None."""
        while (connection := self._newest(origin)) is not None:
            self._take_out(connection)
            if connection.address in addresses and not connection.tcp.has_unread_data():
                return connection
            connection.close()
        return None

    async def release(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection if it can serve another request; close it otherwise."""
        if not self._max_idle or not await connection.is_reusable():
            connection.close()
            return
        if len(self._idle) == self._max_idle:
            self._close(next(iter(self._idle)))
        loop = asyncio.get_running_loop()
        self._idle[connection] = (origin, loop.call_later(self._idle_timeout, self._close, connection))
        loop.add_reader(connection.tcp.socket, self._close, connection)

    def close(self) -> None:
        """Close the idle connections."""
        for connection in tuple(self._idle):
            self._close(connection)

    def _newest(self, origin: Origin) -> Connection | None:
        return next((idle for idle, (owner, _) in reversed(self._idle.items()) if owner == origin), None)

    def _close(self, connection: Connection) -> None:
        self._take_out(connection)
        connection.close()

    def _take_out(self, connection: Connection) -> None:
        _, expiry = self._idle.pop(connection)
        expiry.cancel()
        asyncio.get_running_loop().remove_reader(connection.tcp.socket)
