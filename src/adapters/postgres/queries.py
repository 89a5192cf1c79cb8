"""The statements. Each reads by an index, whatever the number of versions.

Parameters are ``prefix`` and ``name``, and ``version`` where one version is meant.
"""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    RowMapping,
    Table,
    and_,
    bindparam,
    insert,
    literal_column,
    select,
    text,
    true,
    update,
)

from adapters.postgres.tables import IS_INSTALLABLE, IS_PUBLIC, EventRow, ProviderRow, VersionRow

_PROVIDERS = cast("Table", ProviderRow.__table__)
_VERSIONS = cast("Table", VersionRow.__table__)
_EVENTS = cast("Table", EventRow.__table__)
_NUMBER = ("version", "sort_key", "is_prerelease")
_ONE: ColumnElement[int] = literal_column("1")  # the planner cannot see through a parameter
_LARGE = frozenset({"schemas", "config_schema", "outputs_schema", "verification"})
_README = frozenset({"readme", "readme_type"})


def _named(table: FromClause) -> ColumnElement[bool]:
    # The bind names differ from the columns': UPDATE reserves those.
    return and_(table.c.prefix == bindparam("of_prefix"), table.c.name == bindparam("of_name"))


def _numbered(table: FromClause) -> ColumnElement[bool]:
    return and_(_named(table), table.c.version == bindparam("of_version"))


_BY_PRECEDENCE = _VERSIONS.c.sort_key.desc()
_SHOWN = [column for column in _VERSIONS.c if column.name not in {"id", *_README}]
LISTED = [column for column in _SHOWN if column.name not in _LARGE]
_ANY_NUMBERED = select(_VERSIONS).where(_numbered(_VERSIONS)).lateral("version")
_NEWEST = (
    select(*(_VERSIONS.c[column] for column in _NUMBER))
    .where(_named(_VERSIONS), text(IS_PUBLIC))
    .order_by(_BY_PRECEDENCE)
    .limit(_ONE)
    .lateral("newest")
)
_ID = select(_VERSIONS.c.id).where(_numbered(_VERSIONS)).scalar_subquery()
_PARTS = {"provider": _PROVIDERS, "version": _ANY_NUMBERED, "newest": _NEWEST}

FIND = select(*_SHOWN).where(_numbered(_VERSIONS), text(IS_PUBLIC))
FIND_LATEST = (
    select(*_SHOWN)
    .where(_named(_VERSIONS), text(IS_INSTALLABLE))
    .order_by(_VERSIONS.c.is_prerelease, _BY_PRECEDENCE)
    .limit(_ONE)
)
LIST = select(*LISTED).where(_named(_VERSIONS), text(IS_PUBLIC)).order_by(_BY_PRECEDENCE)
HISTORY = select(*_EVENTS.c).where(_EVENTS.c.version_id == _ID).order_by(_EVENTS.c.position)
LOOK = (
    select(*(column.label(f"{part}_{column.name}") for part, source in _PARTS.items() for column in source.c))
    .select_from(_PROVIDERS.outerjoin(_ANY_NUMBERED, true()).outerjoin(_NEWEST, true()))
    .where(_named(_PROVIDERS))
)
"""One row with a provider, the version if it is there, and the number of the newest public version if there is one."""

LOCK = select(_PROVIDERS.c.prefix).where(_named(_PROVIDERS)).with_for_update(key_share=True)
"""Makes the writers of one provider take turns."""

ADD_PROVIDER = insert(_PROVIDERS)
REPLACE_PROVIDER = update(_PROVIDERS).where(_named(_PROVIDERS))
ADD_VERSION = insert(_VERSIONS)
REPLACE_VERSION = update(_VERSIONS).where(_numbered(_VERSIONS))
ADD_EVENT = insert(_EVENTS).values(version_id=_ID)


def part(row: RowMapping, name: str) -> Mapping[str, Any]:
    """Return the columns of one part of a ``LOOK`` row."""
    return {column.name: row[f"{name}_{column.name}"] for column in _PARTS[name].c}
