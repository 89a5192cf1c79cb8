"""A pool of connections."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg  # type: ignore[import-untyped]  # it ships no types

from adapters.instrumentation import PoolObserver
from adapters.postgres.error_mapping import DRIVER_ERRORS, SilentConnectionError, driver_faults, is_lost

_LAST_WORDS = 2.0
"""Seconds for a server to drop the statement that it is still at, and to take a farewell."""


@dataclass(frozen=True, slots=True)
class _Idle:
    connection: asyncpg.Connection
    since: float


class Pool:
    """Lends connections, the one used last first. Nothing connects before the first use.

    Taking a connection back awaits nothing, so that no cancellation can keep one from the next user. Reasons for a
    pool of our own: docs/decisions/0023-statements.md.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        *,
        size: int,
        timeout: float,
        max_idle: float,
        max_age: float,
        observer: PoolObserver,
    ) -> None:
        """Keep at most so many connections, for which users wait so many seconds; connecting counts extra."""
        self._connect = connect
        self._timeout = timeout
        self._max_idle = max_idle
        self._max_age = max_age
        self._observer = observer
        self._places = asyncio.Semaphore(size)
        self._idle: list[_Idle] = []
        self._made: dict[asyncpg.Connection, float] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._lent = 0
        self._open = True
        observer.pool_opened(size)

    @asynccontextmanager
    async def lend(self, *, fresh: bool = False) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection, if asked a new one. A transaction that is left open is rolled back.

        Raises:
            StoreUnavailableError: None became free in time, or the database is out of reach.
        """
        with driver_faults():
            connection = await self._take(fresh=fresh)
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

    def replace_idle(self) -> None:
        """Close the connections that nobody uses; new ones take their place when they are needed."""
        self._clear()

    async def _take(self, *, fresh: bool) -> asyncpg.Connection:
        await self._wait()
        try:
            if fresh and self._idle:
                self._forget(self._idle.pop(0).connection)  # so that there are not more than places
            connection = (None if fresh else self._kept()) or await self._new()
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
        now = time.monotonic()
        while self._idle and now - self._idle[0].since >= self._max_idle:
            self._forget(self._idle.pop(0).connection)
        while self._idle:
            connection = self._idle.pop().connection
            if not connection.is_closed() and now - self._made[connection] < self._max_age:
                return connection
            self._forget(connection)
        return None

    async def _new(self) -> asyncpg.Connection:
        connection = await self._connect()
        self._made[connection] = time.monotonic()
        return connection

    async def _mend(self, connection: asyncpg.Connection, error: Exception) -> None:
        """Where one connection proved useless, so would those that were made before it."""
        if isinstance(error, SilentConnectionError):
            self._close_aside(connection)
        elif connection.is_closed() or is_lost(error):
            self._clear()
            self._close_aside(connection)
        else:
            await _roll_back(connection)

    def _close_aside(self, connection: asyncpg.Connection) -> None:
        """Close a connection without waiting: one whose other end is silent takes the whole time to do so."""
        self._made.pop(connection, None)
        closing = asyncio.create_task(_close(connection))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _clear(self) -> None:
        while self._idle:
            self._forget(self._idle.pop().connection)

    def _forget(self, connection: asyncpg.Connection) -> None:
        self._made.pop(connection, None)
        connection.terminate()

    def _take_back(self, connection: asyncpg.Connection) -> None:
        if connection in self._made:
            if self._open and not connection.is_closed():
                self._idle.append(_Idle(connection, time.monotonic()))
            else:
                self._forget(connection)
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
