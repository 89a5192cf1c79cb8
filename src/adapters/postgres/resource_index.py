"""Keeping the index of resource types at what ``latest`` means."""

from collections.abc import Mapping, Sequence

from adapters.postgres import queries
from adapters.postgres.engine import Database, rows_of
from adapters.postgres.mapping import read_version
from adapters.postgres.queries import key_of
from adapters.postgres.resource_statements import FILL, UNINDEX, fill, write_resources
from adapters.postgres.write import Write
from application.offload import run_in_thread_if_large
from domain.names import ProviderName
from domain.resource_search import ResourceEntry, resource_entries
from domain.version_state import VersionSnapshot, VersionWrite
from domain.versions import ProviderVersion


async def index_rows(stored: VersionSnapshot, change: VersionWrite) -> Mapping[Write, Mapping[str, object]]:
    """Return what a change writes to the index; nothing unless another version is the latest from then on."""
    searched = stored.newly_searched(change)
    if searched is not None:
        return write_resources(searched.version, await _entries(searched))
    return {UNINDEX: {"kept": []}} if stored.is_search_outdated(change) else {}


async def index_latest(database: Database, name: ProviderName) -> None:
    """Index the latest version of a provider that has nothing in the index.

    Raises:
        RetryableError: The transaction was rolled back.
        StoreUnavailableError: The database is unreachable.
    """
    async with database.transaction() as connection:
        await connection.execute(queries.LOCK, key_of(name))
        rows = rows_of(await connection.execute(queries.FIND_LATEST, key_of(name)))
        if rows:
            found = read_version(name, rows[0])
            await connection.execute(FILL, {**key_of(name), **fill(found.version, await _entries(found))})
            await connection.commit()


async def _entries(version: ProviderVersion) -> Sequence[ResourceEntry]:
    schemas = version.announcement.schemas
    size = sum(len(schema.config_schema.text) for schema in schemas or () if schema.config_schema)
    return await run_in_thread_if_large(size, resource_entries, schemas)
