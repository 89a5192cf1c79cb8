"""The engine: SQLAlchemy's pool of asyncpg connections, and how statements run on it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import structlog
from advanced_alchemy.config import AlembicAsyncConfig, AsyncSessionConfig, SQLAlchemyAsyncConfig
from sqlalchemy import CursorResult, Executable, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection, QueuePool

from adapters.changes import ChangeListeners
from adapters.instrumentation import NULL_OBSERVER, PoolObserver
from adapters.postgres.connecting import connect
from adapters.postgres.error_mapping import (
    DRIVER_ERRORS,
    RetryableError,
    SilentConnectionError,
    mark_lost_connection,
    translate_errors,
)
from adapters.postgres.migrations import LOCATION, VERSION_TABLE
from adapters.postgres.tables import BIND_KEY

Rows: TypeAlias = Sequence[Mapping[str, Any]]

_Result = TypeVar("_Result")
_URL = "postgresql+asyncpg://"
"""Names the dialect only: ``connect`` reads the DSN."""
_ATTEMPTS = 5
_SILENCE_TIMEOUT = 3.0
"""Seconds until a read is repeated, once, on a new connection: a router may have dropped the state of the old one."""
_CLOSE_TIMEOUT = 2.0
"""Seconds to cancel the running statement and to close."""
_UNNAMED_STATEMENTS: Mapping[str, Any] = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": str,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOptions:
    """How connections are made and pooled. Times are in seconds.

    Attributes:
        pool_size: Maximum number of connections per process.
        pool_timeout: How long to wait for a free connection.
        connect_timeout: How long connecting may take, per host.
        command_timeout: How long one statement may take.
        max_idle: A connection that was idle for longer is replaced: routers drop idle ones silently.
        max_age: A connection that is older is replaced: its host name may resolve to another server by then.
        prepared_statements: Off behind a pooler in transaction mode that does not track prepared statements.
    """

    pool_size: int = 10
    pool_timeout: float = 5.0
    connect_timeout: float = 5.0
    command_timeout: float = 15.0
    max_idle: float = 60.0
    max_age: float = 1_800.0
    prepared_statements: bool = True


DEFAULTS = ConnectionOptions()


class Database:
    """A pool of connections to a libpq URI, which may name several hosts, socket folders and TLS files.

    Nothing connects before the first use.

    Attributes:
        listeners: Get the name of each provider that is written through this pool.
        config: advanced-alchemy's configuration, which owns the engine.
    """

    def __init__(self, dsn: str, options: ConnectionOptions = DEFAULTS, observer: PoolObserver = NULL_OBSERVER) -> None:
        self.dsn = dsn
        self.options = options
        self.listeners = ChangeListeners()
        self._closing: set[asyncio.Task[None]] = set()
        self.config = _config(
            create_async_engine(
                _URL,
                isolation_level="AUTOCOMMIT",
                pool_size=options.pool_size,
                max_overflow=0,
                pool_timeout=options.pool_timeout,
                pool_recycle=options.max_age,
                pool_use_lifo=True,
                pool_reset_on_return=None,
                connect_args={
                    "async_creator_fn": connect,
                    "dsn": dsn,
                    "timeout": options.connect_timeout,
                    "command_timeout": options.command_timeout,
                    "connection_class": _closing_in_background(self._closing),
                    **({} if options.prepared_statements else _UNNAMED_STATEMENTS),
                },
            )
        )
        self._engine = self.config.get_engine()
        self._transactional = self._engine.execution_options(isolation_level="READ COMMITTED")
        self._events = _PoolEvents(self._engine, options, observer)

    async def read(
        self,
        statement: Executable,
        parameters: Mapping[str, object] | None = None,
        *,
        silence_timeout: float = _SILENCE_TIMEOUT,
    ) -> Rows:
        """Return the rows of a single statement, which is repeated when its connection was lost or is silent.

        Raises:
            StoreUnavailableError: The database is unreachable, or no connection became free in time.
        """
        try:
            return await retry(lambda: self._read(statement, parameters, silence_timeout))
        except SilentConnectionError:
            return await retry(lambda: self._read(statement, parameters, None))

    async def execute(self, statement: Executable, parameters: Mapping[str, object]) -> Rows:
        """Execute a statement that writes, in a transaction of its own.

        It is not repeated when its connection is lost: it may have been committed.

        Raises:
            RetryableError: Another writer won the race.
            StoreUnavailableError: The database is unreachable, or no connection became free in time.
        """
        with translate_errors(retry_lost=False):
            async with self._engine.connect() as connection:
                return rows_of(await connection.execute(statement, parameters))

    async def write(self, statement: Executable, parameters: Mapping[str, object]) -> Rows:
        """Do as ``execute``, again where another writer won the race.

        Raises:
            StoreUnavailableError: The database is unreachable, or another writer won every race.
        """
        return await retry(lambda: self.execute(statement, parameters))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Acquire a connection. What is not committed on it is rolled back.

        Raises:
            RetryableError: The transaction was rolled back and may succeed when repeated.
            StoreUnavailableError: The database is unreachable, or no connection became free in time.
        """
        with translate_errors():
            async with self._transactional.connect() as connection:
                yield connection

    async def dispose(self) -> None:
        """Close all connections: idle ones now, the others after their use."""
        self._events.is_disposed = True
        await self._engine.dispose()
        await asyncio.gather(*self._closing)

    async def _read(
        self, statement: Executable, parameters: Mapping[str, object] | None, silence_timeout: float | None
    ) -> Rows:
        with translate_errors():
            async with self._engine.connect() as connection:
                started = time.monotonic()
                try:
                    async with asyncio.timeout(silence_timeout):
                        result = await connection.execute(statement, parameters)
                except TimeoutError as error:
                    if silence_timeout is None:
                        raise
                    structlog.get_logger().warning("database_connection_timed_out")
                    self._events.replace_unused_since(started)
                    raise SilentConnectionError from error
                return rows_of(result)


def rows_of(result: CursorResult[Any]) -> Rows:
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result]


async def retry(attempt: Callable[[], Awaitable[_Result]]) -> _Result:
    """Return the result of the first attempt that does not raise ``RetryableError``; five are made."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(RetryableError):
            return await attempt()
    try:
        return await attempt()
    except RetryableError as error:
        raise error.outcome from error.__cause__


def unpooled_config(dsn: str) -> SQLAlchemyAsyncConfig:
    """Return a configuration for migrations: without a pool, and without a timeout for statements."""
    arguments = {"async_creator_fn": connect, "dsn": dsn, "timeout": DEFAULTS.connect_timeout}
    return _config(create_async_engine(_URL, poolclass=NullPool, connect_args=arguments))


def _config(engine: AsyncEngine) -> SQLAlchemyAsyncConfig:
    return SQLAlchemyAsyncConfig(
        engine_instance=engine,
        bind_key=BIND_KEY,
        session_config=AsyncSessionConfig(expire_on_commit=False),
        alembic_config=AlembicAsyncConfig(
            script_config="",  # no file of the working directory
            script_location=LOCATION.replace("%", "%%"),  # Alembic interpolates
            version_table_name=VERSION_TABLE,
            render_as_batch=False,
            compare_type=True,
        ),
    )


def _closing_in_background(tasks: set[asyncio.Task[None]]) -> type[Any]:
    """Return asyncpg's connection with a ``close`` that does not wait: a silent peer takes the whole timeout."""

    class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
        __slots__ = ()

        async def close(self, *, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - asyncpg's signature
            task = asyncio.create_task(self._close())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        async def _close(self) -> None:
            with suppress(*DRIVER_ERRORS):
                await super().close(timeout=_CLOSE_TIMEOUT)

    return Connection


class _PoolEvents:
    """Replaces connections that may be useless, and reports how many are in use."""

    def __init__(self, engine: AsyncEngine, options: ConnectionOptions, observer: PoolObserver) -> None:
        self.is_disposed = False
        self._engine = engine.sync_engine
        self._max_idle = options.max_idle
        self._observer = observer
        self._suspect = 0.0
        event.listen(self._engine, "connect", self._on_connect)
        event.listen(self._engine, "checkout", self._on_checkout)
        event.listen(self._engine, "checkin", self._on_checkin)
        event.listen(self._engine, "handle_error", mark_lost_connection)
        observer.pool_opened(options.pool_size)

    def replace_unused_since(self, moment: float) -> None:
        """Replace connections that were last used before a moment: a router may have forgotten them.

        Those that were used since then work.
        """
        self._suspect = max(self._suspect, moment)

    def _on_connect(self, _: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info["connected_at"] = time.monotonic()

    def _on_checkout(self, _: DBAPIConnection, record: ConnectionPoolEntry, __: PoolProxiedConnection) -> None:
        now = time.monotonic()
        idle = now - record.info.get("returned_at", now)
        seen = max(record.info["connected_at"], record.info.get("returned_at", 0.0))
        if idle > self._max_idle or seen < self._suspect:
            raise DisconnectionError  # the pool connects again
        self._observer.connections_in_use(self._checked_out)

    def _on_checkin(self, _: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["returned_at"] = time.monotonic()
        if self.is_disposed:
            record.invalidate()
        self._observer.connections_in_use(max(self._checked_out - 1, 0))  # the pool counts it as free after this event

    @property
    def _checked_out(self) -> int:
        pool = self._engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0
