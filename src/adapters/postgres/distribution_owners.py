"""Owners of distributions."""

from collections.abc import Sequence

from packaging.utils import NormalizedName
from uuid_utils.compat import uuid7

from adapters.postgres.catalog_queries import FIND_OWNER, LIST_OWNED, LIST_OWNERS, OWNERS_HISTORY
from adapters.postgres.engine import Database
from adapters.postgres.error_mapping import translate_final_errors
from adapters.postgres.mapping import (
    read_distribution,
    read_distribution_event,
    write_distribution,
    write_distribution_event,
)
from adapters.postgres.writes import ASSIGN
from domain.distributions import Distribution, DistributionEvent


class PostgresDistributionOwners:
    """Reads and writes the owners of distributions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, name: NormalizedName) -> Distribution | None:
        """Return a distribution, or None."""
        rows = await self._database.read(FIND_OWNER, {"of_distribution": name})
        return read_distribution(rows[0]) if rows else None

    async def list(self, *, prefix: str | None, limit: int, offset: int) -> Sequence[Distribution]:
        """Return distributions in the order of their names."""
        page = {"page_limit": limit, "page_offset": offset}
        statement, values = (LIST_OWNERS, page) if prefix is None else (LIST_OWNED, {**page, "of_prefix": prefix})
        return [read_distribution(row) for row in await self._database.read(statement, values)]

    async def assign(self, event: DistributionEvent) -> None:
        """Change a distribution's owner, in one statement with the event."""
        rows = {
            "distribution": write_distribution(event.owner),
            "ownership": {"id": uuid7(), **write_distribution_event(event)},
        }
        values = {f"{part}_{column}": value for part, row in rows.items() for column, value in row.items()}
        with translate_final_errors():
            await self._database.execute(ASSIGN, values)

    async def history(self, name: NormalizedName) -> Sequence[DistributionEvent]:
        """Return the changes of a distribution's owner, oldest first."""
        rows = await self._database.read(OWNERS_HISTORY, {"of_distribution": name})
        return [read_distribution_event(row) for row in rows]
