"""The statements of the index of resource types, and its rows."""

from collections.abc import Mapping, Sequence

from msgspec import json
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Text,
    all_,
    and_,
    bindparam,
    column,
    delete,
    func,
    literal_column,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.resource_tables import RESOURCE_TYPES
from adapters.postgres.write import Write
from domain.resource_search import ResourceEntry
from domain.semver import SemVer

_ONE: ColumnElement[int] = literal_column("1")
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
_EXISTING = select(_ONE).select_from(_PROVIDER).exists()

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
