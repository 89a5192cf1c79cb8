"""The statements that read versions. Each reads by an index, whatever the number of versions.

Parameters are ``of_prefix`` and ``of_name`` for the provider, ``of_version`` for one version, and
``of_distribution`` and ``of_filename`` for the names of a wheel.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    text,
    true,
    union_all,
)

from adapters.postgres.provenance_statements import publishers_of_provider
from adapters.postgres.revisions import SELECT_REVISIONS
from adapters.postgres.tables import (
    DISTRIBUTIONS,
    EVENTS,
    HAS_SCHEMAS,
    IS_COMPARABLE,
    IS_INSTALLABLE,
    IS_PUBLIC,
    MIRRORED_WHEELS,
    ORIGIN_EVENTS,
    PROVIDERS,
    REPORTS,
    VERSIONS,
    WHEEL_FILES,
)
from domain.names import ProviderName
from domain.semver import SemVer

_NUMBER = ("version", "sort_key", "is_prerelease")
ONE: ColumnElement[int] = literal_column("1")  # not a parameter, so that the planner knows it
_KEY = frozenset({"id", "prefix", "name"})
_TERMS = frozenset({"labels", "words", "trigrams"})
PAGE_LIMIT, PAGE_OFFSET = bindparam("page_limit", type_=BigInteger), bindparam("page_offset", type_=BigInteger)
"""A limit of NULL is none."""
NUMBER_COLUMNS = (VERSIONS.c.version, VERSIONS.c.sort_key, VERSIONS.c.is_prerelease)
SHOWN_COLUMNS = [column for column in PROVIDERS.c if column.name not in {"revision", "labels", "words", "trigrams"}]
"""Of a provider, without what it is found by."""
ABOVE_ALL = "\x7f"
"""A sort key above that of every version."""
_LARGE = frozenset({"schemas", "config_schema", "outputs_schema", "changelog", "verification", "project_metadata"})
_README = frozenset({"readme", "readme_type"})


def unseen(parameter: ColumnElement[Any]) -> ColumnElement[Any]:
    """Hide a value from the planner, which then makes one plan for all values."""
    return select(parameter).scalar_subquery()


def latest_of(provider: FromClause, columns: Sequence[ColumnElement[Any]]) -> FromClause:
    """Return these columns of what ``latest`` means, for each row of something that has ``prefix`` and ``name``."""
    return (
        select(*columns)
        .where(VERSIONS.c.prefix == provider.c.prefix, VERSIONS.c.name == provider.c.name, text(IS_INSTALLABLE))
        .order_by(VERSIONS.c.is_prerelease, VERSIONS.c.sort_key.desc())
        .limit(ONE)
        .lateral("latest")
    )


def where_provider(table: FromClause) -> ColumnElement[bool]:
    """Return the condition that a row is of one provider."""
    # The bind names differ from the columns': UPDATE reserves those.
    return and_(table.c.prefix == bindparam("of_prefix"), table.c.name == bindparam("of_name"))


def where_version(table: FromClause) -> ColumnElement[bool]:
    """Return the condition that a row is of one version."""
    return and_(where_provider(table), table.c.version == bindparam("of_version"))


_BY_PRECEDENCE = VERSIONS.c.sort_key.desc()
_SHOWN = [column for column in VERSIONS.c if column.name not in {"id", *_README}]
LISTED = [column for column in _SHOWN if column.name not in _LARGE]
_ANY_VERSION = select(VERSIONS).where(where_version(VERSIONS)).lateral("version")
_NEWEST = (
    select(*(VERSIONS.c[column] for column in _NUMBER))
    .where(where_provider(VERSIONS), text(IS_PUBLIC))
    .order_by(_BY_PRECEDENCE)
    .limit(ONE)
    .lateral("newest")
)
_LATEST = (
    select(*(VERSIONS.c[column] for column in _NUMBER))
    .where(where_provider(VERSIONS), text(IS_INSTALLABLE))
    .order_by(VERSIONS.c.is_prerelease, _BY_PRECEDENCE)
    .limit(ONE)
    .lateral("latest")
)
_ID = select(VERSIONS.c.id).where(where_version(VERSIONS)).scalar_subquery()
_PARTS: Mapping[str, Sequence[Any]] = {
    "provider": [column for column in PROVIDERS.c if column.name not in _TERMS],
    "version": [column for column in _ANY_VERSION.c if column.name not in _KEY],
    "newest": list(_NEWEST.c),
    "latest": list(_LATEST.c),
    "distribution": list(DISTRIBUTIONS.c),
    "file": [column for column in WHEEL_FILES.c if column.name != "prefix"],
}
_LABELS = {part: {column.name: f"{part}_{column.name}" for column in columns} for part, columns in _PARTS.items()}

# A scalar subquery: the planner may answer EXISTS by hashing the whole table.
_IS_MIRRORED = (
    select(true()).where(MIRRORED_WHEELS.c.sha256 == VERSIONS.c.wheel_sha256).scalar_subquery().label("is_mirrored")
)

FIND = select(*_SHOWN, _IS_MIRRORED).where(where_version(VERSIONS), text(IS_PUBLIC))
FIND_LATEST = (
    select(*_SHOWN, _IS_MIRRORED)
    .where(where_provider(VERSIONS), text(IS_INSTALLABLE))
    .order_by(VERSIONS.c.is_prerelease, _BY_PRECEDENCE)
    .limit(ONE)
)
LIST = (
    select(*LISTED)
    .where(where_provider(VERSIONS), text(IS_PUBLIC), VERSIONS.c.sort_key < bindparam("of_before"))
    .order_by(_BY_PRECEDENCE)
    .limit(PAGE_LIMIT)
)
OF_VERSIONS = VERSIONS.c.version == func.any(bindparam("of_versions", type_=ARRAY(Text)).cast(ARRAY(Text)))
LIST_SCHEMAS = select(VERSIONS.c.version, VERSIONS.c.schemas).where(
    where_provider(VERSIONS), text(IS_PUBLIC), OF_VERSIONS, VERSIONS.c.schemas.is_not(None)
)
FIND_README = select(VERSIONS.c.readme, VERSIONS.c.readme_type).where(where_version(VERSIONS), text(IS_PUBLIC))
FIND_REGISTRATION = select(*_SHOWN).where(
    VERSIONS.c.registration_id == bindparam("of_registration", type_=VERSIONS.c.registration_id.type)
)
LIST_ALL = select(*LISTED).where(where_provider(VERSIONS)).order_by(_BY_PRECEDENCE)
"""Versions of every status."""

REPORT = (
    select(REPORTS.c.report)
    .join(VERSIONS, VERSIONS.c.id == REPORTS.c.version_id)
    .where(where_version(VERSIONS), text(IS_PUBLIC))
)

_STEP, _FINDING = ("action", "actor", "request_id", "reason"), ("verdict", "since", "failure", "other_sha256")
_STEPS = (
    select(
        EVENTS.c.position.label("after_position"),
        literal_column("0", BigInteger).label("position"),
        *(EVENTS.c[name] for name in ("at", *_STEP)),
        *(cast(null(), ORIGIN_EVENTS.c[name].type).label(name) for name in _FINDING),
    )
    .where(EVENTS.c.version_id == _ID)
    .order_by(EVENTS.c.position)
    .limit(PAGE_LIMIT + PAGE_OFFSET)
    .subquery("steps")
)
_FINDINGS = (
    select(
        *(ORIGIN_EVENTS.c[name] for name in ("after_position", "position", "at")),
        *(cast(null(), EVENTS.c[name].type).label(name) for name in _STEP),
        *(ORIGIN_EVENTS.c[name] for name in _FINDING),
    )
    .where(ORIGIN_EVENTS.c.version_id == _ID)
    .subquery("findings")
)
_BOTH = union_all(select(_STEPS), select(_FINDINGS)).subquery("both")
HISTORY = (
    select(*(_BOTH.c[name].label(name) for name in ("at", *_STEP, *_FINDING)))
    .order_by(_BOTH.c.after_position, _BOTH.c.position)
    .limit(PAGE_LIMIT)
    .offset(PAGE_OFFSET)
)
"""Both kinds of events in the order of writing. The second kind is bounded for each version."""


def _labelled(*parts: str) -> list[ColumnElement[Any]]:
    return [column.label(_LABELS[part][column.name]) for part in parts for column in _PARTS[part]]


_LOAD = (
    select(*_labelled("provider", "version", "newest", "latest"))
    .select_from(PROVIDERS.outerjoin(_ANY_VERSION, true()).outerjoin(_NEWEST, true()).outerjoin(_LATEST, true()))
    .where(where_provider(PROVIDERS))
)
_LOWER = VERSIONS.c.sort_key < bindparam("of_precedence")
_HIGHER = VERSIONS.c.sort_key > bindparam("of_above")  # above all build metadata of the version itself
_NEIGHBOURS = union_all(
    *(
        select(
            func.json_build_array(
                VERSIONS.c.version,
                VERSIONS.c.sort_key,
                VERSIONS.c.is_prerelease,
                VERSIONS.c.status == literal_column("'yanked'"),
                text(HAS_SCHEMAS),
            ).label("neighbour")
        )
        .where(where_provider(VERSIONS), text(condition), VERSIONS.c.is_prerelease == false(), beside)
        .order_by(order)
        .limit(ONE)
        .subquery()
        .select()
        for condition, beside, order in (
            (IS_PUBLIC, _LOWER, _BY_PRECEDENCE),
            (IS_INSTALLABLE, _LOWER, _BY_PRECEDENCE),
            (IS_COMPARABLE, _LOWER, _BY_PRECEDENCE),
            (IS_COMPARABLE, _HIGHER, VERSIONS.c.sort_key),
        )
    )
).subquery("neighbours")
_ALL_NEIGHBOURS = select(func.json_agg(_NEIGHBOURS.c.neighbour).cast(Text)).scalar_subquery()
_LOADED = _LOAD.add_columns(_ALL_NEIGHBOURS.label("neighbours")).subquery("loaded")
_CLAIMED_FILE = and_(WHEEL_FILES.c.prefix == bindparam("of_prefix"), WHEEL_FILES.c.filename == bindparam("of_filename"))

_PUBLISHERS = publishers_of_provider()
LOAD = _LOAD.add_columns(_PUBLISHERS)
"""One row: a provider, the version or NULLs, and the number of the newest public version or NULLs."""
LOAD_WITH_NAMES = select(*_LOADED.c, *_labelled("distribution", "file"), _PUBLISHERS).select_from(
    select(ONE.label("one"))
    .subquery("one")
    .outerjoin(_LOADED, true())
    .outerjoin(DISTRIBUTIONS, DISTRIBUTIONS.c.name == bindparam("of_distribution"))
    .outerjoin(WHEEL_FILES, _CLAIMED_FILE)
)
"""The same with the owners of a wheel's names, and the version's neighbours. Returns a row even without a provider."""

LOCK = select(PROVIDERS.c.prefix).where(where_provider(PROVIDERS)).with_for_update(key_share=True)
"""Serializes the writers of one provider. A separate statement: after waiting for a row lock, READ COMMITTED re-reads
only the locked row, not the rest of the query."""

REVISIONS = text(SELECT_REVISIONS)
CONFIRM = text(
    "SELECT pg_logical_emit_message(true, 'provider-registry'::text, ''::text) "
    "WHERE current_setting('synchronous_standby_names') <> ''"
)
"""Waits until all earlier commits are on the synchronous standbys.

A commit whose wait for a standby was cancelled, by a timeout or a disconnect, is visible on the primary alone.
"""


def part(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the columns of one part of a ``LOAD`` row."""
    return {column: row[label] for column, label in _LABELS[name].items()}


def key_of(name: ProviderName, version: SemVer | None = None) -> dict[str, str]:
    """Return the parameters that name a provider, or one of its versions."""
    parameters = {"of_prefix": name.prefix, "of_name": name.name}
    return parameters if version is None else {**parameters, "of_version": version.text}
