"""Connections to the database."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from advanced_alchemy.config import AsyncSessionConfig, SQLAlchemyAsyncConfig
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, QueuePool

from adapters.postgres.connecting import connect
from adapters.postgres.revisions import alembic_config
from adapters.postgres.tables import BIND_KEY
from application.ports.change_listener import ChangeListeners
from application.ports.observer import NOBODY, Observer

_URL = "postgresql+asyncpg://"
"""Names the dialect only; asyncpg gets the DSN as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOptions:
    """How connections are made and kept. Times are in seconds.

    Attributes:
        pool_size: Connections kept at most, per process.
        pool_timeout: How long a request waits for a free connection.
        connect_timeout: How long connecting may take, for each host.
        command_timeout: How long one statement may take.
        prepared_statements: Off for a pooler in transaction mode that does not track prepared statements.
    """

    pool_size: int = 10
    pool_timeout: float = 5.0
    connect_timeout: float = 5.0
    command_timeout: float = 15.0
    prepared_statements: bool = True


DEFAULTS = ConnectionOptions()


class Database:
    """A pool of connections. Nothing connects before the first use.

    Attributes:
        listeners: Are told of what is written through this pool.
    """

    def __init__(self, dsn: str, options: ConnectionOptions = DEFAULTS, observer: Observer = NOBODY) -> None:
        """Take a ``postgresql://`` DSN as asyncpg reads it: several hosts, socket folders, TLS and all."""
        self.dsn = dsn
        self.options = options
        self.listeners = ChangeListeners()
        self.config = _config(_pooled(dsn, options))
        _watch(self.engine, options, observer)

    @property
    def engine(self) -> AsyncEngine:
        """The pool."""
        return self.config.get_engine()

    @property
    def reading_engine(self) -> AsyncEngine:
        """The same pool for single statements, which need no transaction unless a pooler would part them."""
        if not self.options.prepared_statements:
            return self.engine
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    async def dispose(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def unpooled_config(dsn: str) -> SQLAlchemyAsyncConfig:
    """Return a configuration whose connections live no longer than their use, in whatever event loop that is."""
    # A migration may well take longer than any statement of the service.
    arguments = _connect_arguments(dsn, DEFAULTS) | {"command_timeout": None}
    return _config(create_async_engine(_URL, poolclass=NullPool, connect_args=arguments))


def _pooled(dsn: str, options: ConnectionOptions) -> AsyncEngine:
    # No ping before use: reads and updates start over when they meet a connection that was closed meanwhile.
    return create_async_engine(
        _URL,
        pool_size=options.pool_size,
        max_overflow=0,
        pool_timeout=options.pool_timeout,
        pool_use_lifo=True,
        connect_args=_connect_arguments(dsn, options),
    )


def _watch(engine: AsyncEngine, options: ConnectionOptions, observer: Observer) -> None:
    pool = engine.sync_engine.pool
    if not isinstance(pool, QueuePool):
        raise TypeError("connections are pooled, so their use can be counted")

    def taken(*_: object) -> None:
        observer.connections_in_use(pool.checkedout())

    def given_back(*_: object) -> None:
        observer.connections_in_use(pool.checkedout() - 1)  # it is told of shortly before it is free

    event.listen(pool, "checkout", taken)
    event.listen(pool, "checkin", given_back)
    observer.pool_opened(options.pool_size)


def _connect_arguments(dsn: str, options: ConnectionOptions) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "async_creator_fn": connect,
        "dsn": dsn,
        "timeout": options.connect_timeout,
        "command_timeout": options.command_timeout,
    }
    if not options.prepared_statements:
        arguments |= {
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: f"__registry_{uuid4()}__",
        }
    return arguments


def _config(engine: AsyncEngine) -> SQLAlchemyAsyncConfig:
    return SQLAlchemyAsyncConfig(
        engine_instance=engine,
        bind_key=BIND_KEY,
        session_config=AsyncSessionConfig(expire_on_commit=False),
        alembic_config=alembic_config(),
    )
