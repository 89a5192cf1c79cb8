"""The statements that write. All that one change writes is one statement, and so one round trip.

Parameters are the columns of each row behind what the row is, as ``version_status``; and ``of_prefix``, ``of_name`` and
``of_version`` for rows that are there already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Insert,
    Table,
    Update,
    bindparam,
    column,
    insert,
    literal_column,
    select,
    table,
    update,
)

from adapters.postgres.queries import named, numbered
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


def _given(part: str, row: Table, *without: str) -> Mapping[str, BindParameter[Any]]:
    return {given.name: bindparam(f"{part}_{given.name}") for given in row.c if given.name not in without}


_KEY = ("prefix", "name")
_REPLACING = update(PROVIDERS).where(named(PROVIDERS))
_WRITTEN = select(table("version", column("id")).c.id).scalar_subquery()  # by the other part of that name

ADD_PROVIDER = Write("provider", insert(PROVIDERS).values(_given("provider", PROVIDERS)))
REPLACE_PROVIDER = Write("provider", _REPLACING.values(_given("provider", PROVIDERS, *_KEY)))
TOUCH_PROVIDER = Write("provider", _REPLACING.values(updated_at=bindparam("provider_updated_at")))
"""Leaves what it is shown as, and all that follows from it to find it by."""

ADD_VERSION = Write("version", insert(VERSIONS).values(_given("version", VERSIONS)).returning(VERSIONS.c.id))
REPLACE_VERSION = Write(
    "version",
    update(VERSIONS)
    .where(numbered(VERSIONS))
    .values(_given("version", VERSIONS, "id", *_KEY, "version"))
    .returning(VERSIONS.c.id),
)
ADD_EVENT = Write(
    "event",
    insert(EVENTS).values({**_given("event", EVENTS, "position"), "version_id": _WRITTEN}),
)
"""Goes with one of those that write a version."""


@cache
def together(*writes: Write) -> Statement:
    """Return the statement that writes several rows, of a part one at most."""
    return Statement.of(select(literal_column("1")).add_cte(*(write.clause.cte(write.part) for write in writes)))
