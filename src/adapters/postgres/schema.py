"""The database schema: upgrade, downgrade, and compatibility with this release.

The functions that take a DSN block, and may be called while an event loop runs.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from advanced_alchemy.alembic.commands import AlembicCommands
from alembic.util import CommandError

from adapters.postgres.engine import unpooled_config
from adapters.postgres.error_mapping import translate_final_errors
from adapters.postgres.revisions import are_compatible, read_revisions

_Result = TypeVar("_Result")
_HEAD = "head"


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
    with translate_final_errors():
        return _in_a_thread(lambda: asyncio.run(read_revisions(dsn)))


def is_compatible(dsn: str) -> bool:
    """Tell whether this release can serve from the database.

    Raises:
        StoreUnavailableError: The database is unreachable.
    """
    return are_compatible(current(dsn))


def _run(dsn: str, command: Callable[[AlembicCommands], None]) -> None:
    with translate_final_errors():
        _in_a_thread(lambda: command(AlembicCommands(unpooled_config(dsn))))


def _in_a_thread(work: Callable[[], _Result]) -> _Result:
    """Call where no event loop runs: Alembic's environment starts one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
