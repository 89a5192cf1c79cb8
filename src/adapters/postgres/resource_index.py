"""The index of resource types, which is kept at what ``latest`` means: its statements and its rows."""

from collections.abc import Mapping, Sequence

from msgspec import json
from sqlalchemy import (
    ARRAY,
    JSON,
    Text,
    all_,
    and_,
    bindparam,
    column,
    delete,
    func,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres import queries
from adapters.postgres.engine import Database, rows_of
from adapters.postgres.queries import ONE, key_of
from adapters.postgres.resource_tables import RESOURCE_TYPES
from adapters.postgres.version_mapping import read_version
from adapters.postgres.write import Write
from application.scheduling import run_in_thread_if_large
from domain.names import ProviderName
from domain.search import ResourceEntry, resource_entries
from domain.semver import SemVer
from domain.version_state import VersionSnapshot, VersionWrite
from domain.versions import ProviderVersion

_PROVIDER = table("provider")
_COLUMNS = ("resource_type", "sought", "summary", "fields", "labels", "words")
_ARRAYS = frozenset({"fields", "labels", "words"})
_GIVEN = (
    func.json_to_recordset(bindparam("resources_rows", type_=Text).cast(JSON))
    .table_valued(*(column(name, ARRAY(Text) if name in _ARRAYS else Text()) for name in _COLUMNS))
    .render_derived(name="resources_given", with_types=True)
)
_VALUES = {
    "prefix": bindparam("of_prefix", type_=Text),
    "name": bindparam("of_name", type_=Text),
    "version": bindparam("resources_version", type_=Text),
    **{name: _GIVEN.c[name] for name in _COLUMNS},
}
_IS_OF_PROVIDER = and_(
    RESOURCE_TYPES.c.prefix == bindparam("of_prefix", type_=Text),
    RESOURCE_TYPES.c.name == bindparam("of_name", type_=Text),
)
_INSERTED = insert(RESOURCE_TYPES).from_select(list(_VALUES), select(*_VALUES.values()).select_from(_GIVEN))
_EXISTING = select(ONE).select_from(_PROVIDER).exists()

INDEX = Write(
    "resources",
    insert(RESOURCE_TYPES)
    .from_select(list(_VALUES), select(*_VALUES.values()).select_from(_PROVIDER.join(_GIVEN, true())))
    .on_conflict_do_update(
        index_elements=[RESOURCE_TYPES.c.prefix, RESOURCE_TYPES.c.name, RESOURCE_TYPES.c.resource_type],
        set_={name: _INSERTED.excluded[name] for name in ("version", *_COLUMNS[1:])},
    ),
)
"""Depends on a write of a provider."""
UNINDEX = Write(
    "unlisted",
    delete(RESOURCE_TYPES).where(
        _IS_OF_PROVIDER,
        RESOURCE_TYPES.c.resource_type != all_(bindparam("unlisted_kept", type_=ARRAY(Text))),
        _EXISTING,
    ),
)
"""Removes all resource types of a provider but those that are kept. Depends on a write of the provider."""
FILL = _INSERTED.on_conflict_do_nothing()


def write_resources(version: SemVer, entries: Sequence[ResourceEntry]) -> Mapping[Write, Mapping[str, object]]:
    """Return the writes that make these entries the resource types of a provider."""
    kept = [entry.resource_type for entry in entries]
    return {UNINDEX: {"kept": kept}, **({INDEX: _row(version, entries)} if entries else {})}


def fill(version: SemVer, entries: Sequence[ResourceEntry]) -> Mapping[str, object]:
    """Return the parameters of ``FILL``."""
    return {f"resources_{name}": value for name, value in _row(version, entries).items()}


def _row(version: SemVer, entries: Sequence[ResourceEntry]) -> Mapping[str, object]:
    rows = [resource_row(entry) for entry in entries]
    return {"version": version.text, "rows": json.encode(rows).decode()}


def resource_row(entry: ResourceEntry) -> Mapping[str, object]:
    """Return the columns of a resource type that its schema gives."""
    return {
        "resource_type": entry.resource_type,
        "sought": entry.resource_type.lower(),
        "summary": entry.summary,
        "fields": entry.fields,
        "labels": sorted(entry.labels),
        "words": sorted(entry.words),
    }


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
