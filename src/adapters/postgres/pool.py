"""A pool of connections."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg  # type: ignore[import-untyped]  # it ships no types

from adapters.postgres.faults import DRIVER_ERRORS, driver_faults, is_lost
from application.ports.observer import Observer

_LAST_WORDS = 2.0
"""Seconds for a server to drop the statement that it is still at, and to take a farewell."""


class Pool:
    """Lends connections, the one used last first. Nothing connects before the first use.

    Taking a connection back awaits nothing, so that no cancellation can keep one from the next user. Reasons for a
    pool of our own: docs/decisions/0023-statements.md.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[asyncpg.Connection]], *, size: int, timeout: float, observer: Observer
    ) -> None:
        """Keep at most so many connections, for which users wait so many seconds; connecting counts extra."""
        self._connect = connect
        self._timeout = timeout
        self._observer = observer
        self._places = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection] = []
        self._lent = 0
        self._open = True
        observer.pool_opened(size)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection. A transaction that is left open is rolled back.

        Raises:
            StoreUnavailableError: None became free in time, or the database is out of reach.
        """
        with driver_faults():
            connection = await self._take()
        try:
            yield connection
            await _roll_back(connection)
        except Exception as error:
            await self._mend(connection, error)
            raise
        except BaseException:
            await _close(connection)  # whoever was cancelled left an answer unread
            raise
        finally:
            self._take_back(connection)

    def close(self) -> None:
        """Close the connections that nobody uses, and from now on each after its use."""
        self._open = False
        self._clear()

    async def _take(self) -> asyncpg.Connection:
        await self._wait()
        try:
            connection = self._kept() or await self._connect()
        except BaseException:
            self._places.release()
            raise
        self._count(1)
        return connection

    async def _wait(self) -> None:
        if not self._places.locked():
            await self._places.acquire()  # at once; setting a deadline would take longer
            return
        try:
            async with asyncio.timeout(self._timeout):
                await self._places.acquire()
        except TimeoutError:
            raise TimeoutError(f"no connection became free within {self._timeout:g} s") from None

    def _kept(self) -> asyncpg.Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    async def _mend(self, connection: asyncpg.Connection, error: Exception) -> None:
        """Where one connection proved useless, so would those that were made before it."""
        if connection.is_closed() or is_lost(error):
            self._clear()
            await _close(connection)
        else:
            await _roll_back(connection)

    def _clear(self) -> None:
        while self._idle:
            self._idle.pop().terminate()

    def _take_back(self, connection: asyncpg.Connection) -> None:
        if not self._open:
            connection.terminate()
        if not connection.is_closed():
            self._idle.append(connection)
        self._count(-1)
        self._places.release()

    def _count(self, more: int) -> None:
        self._lent += more
        self._observer.connections_in_use(self._lent)


async def _roll_back(connection: asyncpg.Connection) -> None:
    """End what transaction was left open, one way or the other: all that matters of it has been said."""
    if connection.is_closed() or not connection.is_in_transaction():
        return
    ended = False
    try:
        with suppress(*DRIVER_ERRORS):
            await connection.execute("ROLLBACK")
            ended = True
    finally:
        if not ended:
            await _close(connection)


async def _close(connection: asyncpg.Connection) -> None:
    with suppress(*DRIVER_ERRORS):
        await connection.close(timeout=_LAST_WORDS)
