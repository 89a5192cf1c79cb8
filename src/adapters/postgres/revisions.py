"""Where the migrations are, and which revision they end at."""

from collections.abc import Set as AbstractSet
from functools import cache

from advanced_alchemy.config import AlembicAsyncConfig
from alembic.script import ScriptDirectory
from sqlalchemy import String, column, select, table

from adapters.postgres.migrations import LOCATION, VERSION_TABLE

CURRENT = select(column("version_num", String)).select_from(table(VERSION_TABLE))
"""The revisions that a database is at. The table is missing until the first migration."""


def alembic_config() -> AlembicAsyncConfig:
    """Return Alembic's settings: this installation's scripts, and no file of the folder that we were started in."""
    return AlembicAsyncConfig(
        script_config="",
        script_location=LOCATION.replace("%", "%%"),  # Alembic interpolates
        version_table_name=VERSION_TABLE,
        render_as_batch=False,
        compare_type=True,
    )


def heads() -> frozenset[str]:
    """Return the revisions that a database of this release is at."""
    return frozenset(ScriptDirectory(LOCATION).get_heads())


def suffice(current: AbstractSet[str]) -> bool:
    """Tell whether a database at these revisions serves this release.

    Besides the head, that is a revision that this release has never heard of: a newer release brought the database
    there, and no migration takes away what the release before it needs (docs/operations.md).
    """
    return bool(current) and current.isdisjoint(_older())


@cache
def _older() -> frozenset[str]:
    scripts = ScriptDirectory(LOCATION)
    return frozenset(script.revision for script in scripts.walk_revisions()) - frozenset(scripts.get_heads())
