"""The database, and how to connect to it."""

from dataclasses import dataclass

import asyncpg  # type: ignore[import-untyped]  # it ships no types

from adapters.changes import ChangeListeners
from adapters.instrumentation import NULL_OBSERVER, PoolObserver
from adapters.postgres.connecting import connect
from adapters.postgres.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOptions:
    """How connections are made and kept. Times are in seconds.

    Attributes:
        pool_size: Connections kept at most, per process.
        pool_timeout: How long a request waits for a free connection.
        connect_timeout: How long connecting may take, for each host.
        command_timeout: How long one statement may take.
        max_idle: How long a connection may be idle and still be used: routers forget idle ones silently.
        max_age: How old a connection may be and still be used: a name may lead to another server by then.
        prepared_statements: Off for a pooler in transaction mode that does not track prepared statements.
    """

    pool_size: int = 10
    pool_timeout: float = 5.0
    connect_timeout: float = 5.0
    command_timeout: float = 15.0
    max_idle: float = 60.0
    max_age: float = 1_800.0
    prepared_statements: bool = True


DEFAULTS = ConnectionOptions()
_STATEMENTS = 100
"""Prepared on each connection at most; there are fewer."""


class Database:
    """A database that is written to and read from. Nothing connects before the first use.

    Attributes:
        pool: Connections to it.
        listeners: Are told of what is written through the pool.
    """

    def __init__(self, dsn: str, options: ConnectionOptions = DEFAULTS, observer: PoolObserver = NULL_OBSERVER) -> None:
        """Take a connection URI as libpq reads it: several hosts, socket folders, TLS and all."""
        self.dsn = dsn
        self.options = options
        self.listeners = ChangeListeners()
        self.pool = Pool(
            self._connect,
            size=options.pool_size,
            timeout=options.pool_timeout,
            max_idle=options.max_idle,
            max_age=options.max_age,
            observer=observer,
        )

    async def dispose(self) -> None:
        """Close all connections."""
        self.pool.close()

    async def _connect(self) -> asyncpg.Connection:
        # Without a cache asyncpg names no statement, and sends each whole: a pooler may run it anywhere.
        return await connect(
            dsn=self.dsn,
            timeout=self.options.connect_timeout,
            command_timeout=self.options.command_timeout,
            statement_cache_size=_STATEMENTS if self.options.prepared_statements else 0,
        )
