"""The statements that write. All that one change writes is one statement, and so one round trip.

A provider's row comes first, and the others only with it: where it is not as it was seen, nothing is written.
Parameters are the columns of each row behind what the row is, as ``version_status``; and ``of_prefix``, ``of_name``,
``of_version`` and ``of_revision`` for rows that are there already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    column,
    insert,
    select,
    table,
    update,
)
from sqlalchemy.dialects import postgresql

from adapters.postgres.queries import ONE, named, numbered
from adapters.postgres.tables import DISTRIBUTION_EVENTS, DISTRIBUTIONS, EVENTS, PROVIDERS, VERSIONS, WHEEL_FILES


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """The writing of one row.

    Attributes:
        part: What the row is.
    """

    part: str
    clause: Insert | Update


def _given(part: str, row: Table, *without: str) -> dict[str, BindParameter[Any]]:
    return {
        given.name: bindparam(f"{part}_{given.name}", type_=given.type) for given in row.c if given.name not in without
    }


def _adding(row: Table, after: FromClause, values: Mapping[str, ColumnElement[Any]]) -> Insert:
    """Return the addition of a row, if what comes before it was written."""
    return insert(row).from_select(list(values), select(*values.values()).select_from(after))


_KEY = ("prefix", "name")
_PROVIDER, _VERSION, _DISTRIBUTION = table("provider"), table("version", column("id")), table("distribution")
_REPLACING = update(PROVIDERS).where(named(PROVIDERS), PROVIDERS.c.revision == bindparam("of_revision")).returning(ONE)

ADD_PROVIDER = Write("provider", insert(PROVIDERS).values(_given("provider", PROVIDERS, "revision")).returning(ONE))
REPLACE_PROVIDER = Write("provider", _REPLACING.values(_given("provider", PROVIDERS, "revision", *_KEY)))
TOUCH_PROVIDER = Write("provider", _REPLACING.values(updated_at=bindparam("provider_updated_at")))
"""Leaves what it is shown as, and all that follows from it to find it by."""

ADD_VERSION = Write("version", _adding(VERSIONS, _PROVIDER, _given("version", VERSIONS)).returning(VERSIONS.c.id))
REPLACE_VERSION = Write(
    "version",
    update(VERSIONS)
    .where(numbered(VERSIONS), select(ONE).select_from(_PROVIDER).exists())
    .values(_given("version", VERSIONS, "id", *_KEY, "version"))
    .returning(VERSIONS.c.id),
)
ADD_EVENT = Write(
    "event",
    _adding(EVENTS, _VERSION, {**_given("event", EVENTS, "position", "version_id"), "version_id": _VERSION.c.id}),
)
"""Goes with one of those that write a version."""

ADD_FILE = Write("file", _adding(WHEEL_FILES, _PROVIDER, _given("file", WHEEL_FILES)))
ADD_DISTRIBUTION = Write(
    "distribution",
    _adding(DISTRIBUTIONS, _PROVIDER, _given("distribution", DISTRIBUTIONS)).returning(DISTRIBUTIONS.c.name),
)
CHANGE_OWNER = Write(
    "distribution",
    update(DISTRIBUTIONS)
    .where(DISTRIBUTIONS.c.name == bindparam("distribution_name"), select(ONE).select_from(_PROVIDER).exists())
    .values(_given("distribution", DISTRIBUTIONS, "name"))
    .returning(DISTRIBUTIONS.c.name),
)
ADD_OWNERSHIP = Write(
    "ownership",
    _adding(DISTRIBUTION_EVENTS, _DISTRIBUTION, _given("ownership", DISTRIBUTION_EVENTS, "position")),
)
"""Goes with one of those that write a distribution."""

_OWNER = _given("distribution", DISTRIBUTIONS)
_ASSIGNED = (
    postgresql.insert(DISTRIBUTIONS)
    .values(_OWNER)
    .on_conflict_do_update(
        index_elements=[DISTRIBUTIONS.c.name],
        set_={name: value for name, value in _OWNER.items() if name != "name"},
    )
    .returning(DISTRIBUTIONS.c.name)
    .cte("distribution")
)
ASSIGN = select(ONE).select_from(_DISTRIBUTION).add_cte(_ASSIGNED, ADD_OWNERSHIP.clause.cte(ADD_OWNERSHIP.part))
"""Changes a distribution's owner outside of any publication."""


@cache
def combine(provider: Write, *others: Write) -> Select[int]:
    """Return one statement of all writes, at most one of a part. It returns a row if the provider's row was written."""
    parts = (write.clause.cte(write.part) for write in (provider, *others))
    return select(ONE).select_from(_PROVIDER).add_cte(*parts)
