"""Reading the transparency log in PostgreSQL."""

from collections.abc import Sequence

from adapters.postgres import log_statements as statements
from adapters.postgres.engine import Database, Rows
from adapters.postgres.queries import key_of
from application.ports.log_queries import NumberedEntry
from domain.log.entries import EventType
from domain.names import ProviderName
from domain.semver import SemVer


class PostgresLogQueries:
    """Reads by primary keys; implements ``application.ports.log_queries.LogQueries``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_checkpoint(self) -> bytes | None:
        """Return the newest checkpoint."""
        rows = await self._database.read(statements.CHECKPOINT)
        return rows[0]["note"] if rows else None

    async def find_tile(self, level: int, index: int) -> bytes | None:
        """Return a tile as wide as it is."""
        rows = await self._database.read(statements.TILE, {"of_level": level, "of_index": index})
        return rows[0]["hashes"] if rows else None

    async def list_entries(self, start: int, end: int) -> Sequence[bytes]:
        """Return entries."""
        rows = await self._database.read(statements.ENTRIES, {"of_start": start, "of_end": end})
        return [row["leaf"] for row in rows]

    async def list_changes(
        self,
        after: int,
        before: int,
        *,
        limit: int,
        max_bytes: int,
        types: Sequence[EventType] = (),
        provider: ProviderName | None = None,
    ) -> Sequence[NumberedEntry]:
        """Return entries of some kinds."""
        page = {
            "of_start": after,
            "of_end": before,
            "of_types": [each.value for each in types],
            "page_limit": limit,
            "max_bytes": max_bytes,
        }
        if provider is None:
            return _numbered(await self._database.read(statements.CHANGES, page))
        return _numbered(await self._database.read(statements.CHANGES_OF, {**page, **key_of(provider)}))

    async def list_newest(
        self,
        since: int,
        before: int,
        *,
        limit: int,
        types: Sequence[EventType],
        provider: ProviderName | None = None,
    ) -> Sequence[NumberedEntry]:
        """Return the newest entries of some kinds."""
        page = {
            "of_start": since,
            "of_end": before,
            "of_types": [each.value for each in types],
            "page_limit": limit,
        }
        if provider is None:
            return _numbered(await self._database.read(statements.NEWEST, page))
        return _numbered(await self._database.read(statements.NEWEST_OF, {**page, **key_of(provider)}))

    async def find_published(self, name: ProviderName, version: SemVer) -> NumberedEntry | None:
        """Return the entry of a publication."""
        wanted = {**key_of(name, version), "of_type": EventType.VERSION_PUBLISHED.value}
        found = _numbered(await self._database.read(statements.PUBLISHED, wanted))
        return found[0] if found else None


def _numbered(rows: Rows) -> Sequence[NumberedEntry]:
    return [NumberedEntry(row["index"], row["leaf"]) for row in rows]
