"""Bringing a database to the layout of this release, and looking where it stands.

Everything here blocks. It may be called while an event loop runs, and then blocks that too.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from advanced_alchemy.alembic.commands import AlembicCommands
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection

from adapters.postgres.engine import unpooled_config
from adapters.postgres.error_mapping import translate_final_errors
from adapters.postgres.migrations import VERSION_TABLE
from adapters.postgres.revisions import suffice

_Result = TypeVar("_Result")
_HEAD = "head"


def upgrade(dsn: str, revision: str = _HEAD) -> None:
    """Migrate up; return at once if the database is there, or further. Several callers at once wait for each other.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    if revision != _HEAD or not suffices(dsn):
        _run(dsn, lambda commands: commands.upgrade(revision))


def downgrade(dsn: str, revision: str) -> None:
    """Migrate down; ``base`` removes everything.

    Raises:
        LookupError: The migrations do not lead down to that revision.
        StoreUnavailableError: The database is unreachable.
    """
    try:
        _run(dsn, lambda commands: commands.downgrade(revision))
    except CommandError as error:
        raise LookupError(f"no migrations lead down to {revision!r}") from error


def current(dsn: str) -> frozenset[str]:
    """Return the revisions that the database is at; none if it was never migrated.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    return _in_a_thread(lambda: asyncio.run(_current(dsn)))


def suffices(dsn: str) -> bool:
    """Tell whether the database has the layout that this release needs: its own, or a newer release's.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    return suffice(current(dsn))


async def _current(dsn: str) -> frozenset[str]:
    engine = unpooled_config(dsn).get_engine()
    with translate_final_errors():
        async with engine.connect() as connection:
            return frozenset(await connection.run_sync(_revisions))


def _revisions(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads()


def _run(dsn: str, command: Callable[[AlembicCommands], None]) -> None:
    with translate_final_errors():
        _in_a_thread(lambda: command(AlembicCommands(unpooled_config(dsn))))


def _in_a_thread(work: Callable[[], _Result]) -> _Result:
    """Work where no event loop runs, since Alembic's environment starts one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
