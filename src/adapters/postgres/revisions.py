"""Revisions of the database schema, without SQLAlchemy and Alembic: what starts processes shall be small."""

from collections.abc import Set as AbstractSet
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it ships no types

from adapters.postgres.connecting import connect
from adapters.postgres.migrations import LOCATION, VERSION_TABLE

KNOWN = sorted(path.name.partition("_")[0] for path in Path(LOCATION, "versions").glob("[0-9]*.py"))
"""The revisions of this release, oldest first: each migration's file begins with its revision."""
SELECT_REVISIONS = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 -- a constant of ours


async def read_revisions(dsn: str) -> frozenset[str]:
    """Return the revisions that a database is at; none if it was never migrated.

    Raises:
        StoreMisconfiguredError: The URI is not usable.
        asyncpg.PostgresError: The server refuses.
        OSError: The server is unreachable.
    """
    connection = await connect(dsn=dsn)
    try:
        return frozenset(row["version_num"] for row in await connection.fetch(SELECT_REVISIONS))
    except asyncpg.UndefinedTableError:
        return frozenset()
    finally:
        await connection.close()


def are_compatible(revisions: AbstractSet[str]) -> bool:
    """Tell whether this release can serve from a database at these revisions: its own, or a newer release's.

    A revision that this release does not know is of a newer one. No migration removes what the release before it
    needs (docs/operations.md).
    """
    return bool(revisions) and revisions.isdisjoint(KNOWN[:-1])
