"""Bringing a database to the layout of this release, and looking where it stands.

For synchronous callers such as the command line; Alembic starts an event loop of its own, so asynchronous callers go
through ``asyncio.to_thread``.
"""

import asyncio
from collections.abc import Callable

from advanced_alchemy.alembic.commands import AlembicCommands
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from adapters.postgres.database import unpooled_config
from adapters.postgres.faults import final_driver_faults
from adapters.postgres.revisions import VERSION_TABLE, heads


def upgrade(dsn: str, revision: str = "head") -> None:
    """Migrate up; return at once if the database is there already. Several callers at once wait for each other.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    _run(dsn, lambda commands: commands.upgrade(revision))


def downgrade(dsn: str, revision: str) -> None:
    """Migrate down; ``base`` removes everything.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    _run(dsn, lambda commands: commands.downgrade(revision))


def current(dsn: str) -> frozenset[str]:
    """Return the revisions that the database is at; none if it was never migrated.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    return asyncio.run(_current(dsn))


def is_at_head(dsn: str) -> bool:
    """Tell whether the database has the layout of this release.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    return current(dsn) == heads()


async def _current(dsn: str) -> frozenset[str]:
    engine = unpooled_config(dsn).get_engine()
    with final_driver_faults():
        async with engine.connect() as connection:
            return frozenset(await connection.run_sync(_revisions))


def _revisions(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads()


def _run(dsn: str, command: Callable[[AlembicCommands], None]) -> None:
    with final_driver_faults():
        command(AlembicCommands(unpooled_config(dsn)))
