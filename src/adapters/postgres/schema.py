"""The database schema: upgrade, downgrade, and compatibility with this release.

The functions that take a DSN block, and may be called while an event loop runs.
"""

import asyncio
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from advanced_alchemy.alembic.commands import AlembicCommands
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, String, column, select, table

from adapters.postgres.engine import unpooled_config
from adapters.postgres.error_mapping import translate_final_errors
from adapters.postgres.migrations import LOCATION, VERSION_TABLE

_Result = TypeVar("_Result")
_HEAD = "head"

CURRENT = select(column("version_num", String)).select_from(table(VERSION_TABLE))
"""The revisions of a database. The table is missing until the first migration."""


def upgrade(dsn: str, revision: str = _HEAD) -> None:
    """Migrate up; do nothing if the database is compatible. Concurrent callers wait for each other.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    if revision != _HEAD or not is_compatible(dsn):
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


def is_compatible(dsn: str) -> bool:
    """Tell whether this release can serve from the database.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    return are_compatible(current(dsn))


def heads() -> frozenset[str]:
    """Return the revisions that this release migrates to."""
    return frozenset(ScriptDirectory(LOCATION).get_heads())


def are_compatible(revisions: AbstractSet[str]) -> bool:
    """Tell whether this release can serve from a database at these revisions: its head's, or a newer release's.

    A revision that this release does not know is of a newer one. No migration removes what the release before it
    needs (docs/operations.md).
    """
    return bool(revisions) and revisions.isdisjoint(_older())


@cache
def _older() -> frozenset[str]:
    scripts = ScriptDirectory(LOCATION)
    return frozenset(script.revision for script in scripts.walk_revisions()) - frozenset(scripts.get_heads())


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
    """Call where no event loop runs: Alembic's environment starts one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
