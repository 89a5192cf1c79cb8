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

from adapters.postgres.queries import ONE, REVISION, named, numbered
from adapters.postgres.statements import Statement
from adapters.postgres.tables import EVENTS, PROVIDERS, VERSIONS


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
_PROVIDER, _VERSION = table("provider"), table("version", column("id"))
_REPLACING = update(PROVIDERS).where(named(PROVIDERS), bindparam("of_revision") == REVISION).returning(ONE)

ADD_PROVIDER = Write("provider", insert(PROVIDERS).values(_given("provider", PROVIDERS)).returning(ONE))
REPLACE_PROVIDER = Write("provider", _REPLACING.values(_given("provider", PROVIDERS, *_KEY)))
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


def joined(provider: Write, *others: Write) -> Select[int]:
    """Return what writes a provider's row and with it other rows, of a part one at most: a row if they were written."""
    parts = (write.clause.cte(write.part) for write in (provider, *others))
    return select(ONE).select_from(_PROVIDER).add_cte(*parts)


@cache
def together(*writes: Write) -> Statement:
    """Return the same as a statement."""
    return Statement.of(joined(*writes))
