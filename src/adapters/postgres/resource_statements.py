"""The statements of the index of resource types, and its rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import json
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Integer,
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
    union,
)
from sqlalchemy.dialects.postgresql import TSQUERY, insert

from adapters.postgres.queries import NUMBER_COLUMNS, PAGE_LIMIT, SHOWN_COLUMNS, latest_of, unseen
from adapters.postgres.resource_tables import RESOURCE_TYPES
from adapters.postgres.tables import PROVIDERS
from adapters.postgres.write import Write
from domain.resource_search import ResourceEntry
from domain.semver import SemVer

MAX_FOUND = 500
"""Of each kind of match; so many are ranked, whatever the number of resource types."""
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
    rows = [
        {
            "resource_type": entry.resource_type,
            "sought": entry.resource_type.lower(),
            "summary": entry.summary,
            "fields": entry.fields,
            "labels": sorted(entry.labels),
            "words": sorted(entry.words),
        }
        for entry in entries
    ]
    return {"version": version.text, "rows": json.encode(rows).decode()}


def read_resource(row: Mapping[str, Any]) -> ResourceEntry:
    return ResourceEntry(
        resource_type=row["resource_type"],
        summary=row["summary"],
        fields=tuple(row["fields"]),
        labels=frozenset(row["labels"]),
        words=frozenset(row["labels"]),  # by which it was found is known; the rest is not read
    )


_WORDS = bindparam("of_words", type_=Text).cast(TSQUERY)
"""The planner sees the words: of one that most rows have, the first rows are read, and of a rare one, the index."""
_KEY = (RESOURCE_TYPES.c.prefix, RESOURCE_TYPES.c.name, RESOURCE_TYPES.c.resource_type)
_MOST: ColumnElement[int] = literal_column(str(MAX_FOUND))


def _begins(terms: ColumnElement[Any]) -> ColumnElement[bool]:
    return func.array_to_tsvector(terms).op("@@", is_comparison=True)(_WORDS)


def _some(rank: int, condition: ColumnElement[bool]) -> Any:  # noqa: ANN401 -- of SQLAlchemy's own
    ranked = literal_column(str(rank), Integer).label("rank")
    return select(*_KEY, ranked).where(condition).limit(_MOST).subquery().select()


_MATCHES = union(
    _some(0, and_(RESOURCE_TYPES.c.sought == bindparam("of_text", type_=Text), _begins(RESOURCE_TYPES.c.words))),
    _some(1, _begins(RESOURCE_TYPES.c.labels)),
    _some(2, _begins(RESOURCE_TYPES.c.words)),
).subquery("matches")
_FOUND = (
    select(*(_MATCHES.c[name] for name in ("prefix", "name", "resource_type")), func.min(_MATCHES.c.rank).label("rank"))
    .group_by(_MATCHES.c.prefix, _MATCHES.c.name, _MATCHES.c.resource_type)
    .cte("found")
)
_ORDER = ("rank", "prefix", "name", "resource_type")
_PAGE = select(_FOUND).order_by(*(_FOUND.c[name] for name in _ORDER)).limit(unseen(PAGE_LIMIT)).subquery("page")
_LATEST = latest_of(_PAGE, NUMBER_COLUMNS)
_ENTRY = [RESOURCE_TYPES.c[name] for name in ("resource_type", "summary", "fields", "labels")]
_TOTAL = select(func.count()).select_from(_FOUND).scalar_subquery()
SEARCH = (
    select(
        select(func.count()).select_from(_FOUND).scalar_subquery().label("total"), *SHOWN_COLUMNS, *_LATEST.c, *_ENTRY
    )
    .select_from(_PAGE)
    .join(RESOURCE_TYPES, and_(*(RESOURCE_TYPES.c[name] == _PAGE.c[name] for name in _ORDER[1:])))
    .join(PROVIDERS, and_(PROVIDERS.c.prefix == _PAGE.c.prefix, PROVIDERS.c.name == _PAGE.c.name))
    .join(_LATEST, _LATEST.c.version == RESOURCE_TYPES.c.version)
    .where(PROVIDERS.c.display_name.is_not(None))
    .order_by(*(_PAGE.c[name] for name in _ORDER))
)
"""Reads at most ``MAX_FOUND`` rows for each kind of match, and then those of one page."""
