"""The statements that write. One change is one statement: a CTE for each row.

The first CTE writes the provider's row, unless its revision changed; the others depend on it. A parameter is named
after its row and column, as ``version_status``. ``of_prefix``, ``of_name``, ``of_version`` and ``of_revision`` find
existing rows.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Insert,
    Select,
    Table,
    bindparam,
    column,
    insert,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.dialects import postgresql

from adapters.postgres.log_tables import PROVIDER_EVENTS
from adapters.postgres.queries import ONE, where_provider, where_version
from adapters.postgres.tables import (
    DISTRIBUTION_EVENTS,
    DISTRIBUTIONS,
    EVENTS,
    PROVIDERS,
    REPORTS,
    TASKS,
    VERSIONS,
    WHEEL_FILES,
)
from adapters.postgres.write import Write


def _given(part: str, row: Table, *without: str) -> dict[str, BindParameter[Any]]:
    return {
        given.name: bindparam(f"{part}_{given.name}", type_=given.type) for given in row.c if given.name not in without
    }


def _adding(row: Table, after: FromClause, values: Mapping[str, ColumnElement[Any]]) -> Insert:
    """Return an INSERT that depends on another CTE's row."""
    return insert(row).from_select(list(values), select(*values.values()).select_from(after))


_KEY = ("prefix", "name")
_PROVIDER, _VERSION, _DISTRIBUTION = table("provider"), table("version", column("id")), table("distribution")
_REPLACING = (
    update(PROVIDERS).where(where_provider(PROVIDERS), PROVIDERS.c.revision == bindparam("of_revision")).returning(ONE)
)

ADD_PROVIDER = Write("provider", insert(PROVIDERS).values(_given("provider", PROVIDERS, "revision")).returning(ONE))
REPLACE_PROVIDER = Write("provider", _REPLACING.values(_given("provider", PROVIDERS, "revision", *_KEY)))
TOUCH_PROVIDER = Write("provider", _REPLACING.values(updated_at=bindparam("provider_updated_at")))
"""Updates ``updated_at`` only; metadata and search columns stay."""

ADD_VERSION = Write("version", _adding(VERSIONS, _PROVIDER, _given("version", VERSIONS)).returning(VERSIONS.c.id))
REPLACE_VERSION = Write(
    "version",
    update(VERSIONS)
    .where(where_version(VERSIONS), select(ONE).select_from(_PROVIDER).exists())
    .values(_given("version", VERSIONS, "id", *_KEY, "version"))
    .returning(VERSIONS.c.id),
)
ADD_EVENT = Write(
    "event",
    _adding(EVENTS, _VERSION, {**_given("event", EVENTS, "position", "version_id"), "version_id": _VERSION.c.id}),
)
"""Depends on a write of a version."""

ADD_REPORT = Write(
    "report", _adding(REPORTS, _VERSION, {**_given("report", REPORTS, "version_id"), "version_id": _VERSION.c.id})
)
"""Depends on a write of a version."""

ADD_TASK = Write("task", _adding(TASKS, _PROVIDER, _given("task", TASKS, "due_at", "attempts", "lease", "last_error")))
ADD_METADATA = Write("shown", _adding(PROVIDER_EVENTS, _PROVIDER, _given("shown", PROVIDER_EVENTS, "position")))
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
"""Depends on a write of a distribution."""

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
"""Changes a distribution's owner without publishing."""


_NOTIFYING_LATER: ColumnElement[str] = literal_column("set_config('provider_registry.notification', 'later', true)")
"""Tells the triggers, which run at the end of the statement, that notifications are sent after the commit."""


@cache
def combine(provider: Write, *others: Write, notify_later: bool = False) -> Select[Any]:
    """Combine writes of different parts into one statement of CTEs. It returns a row iff they were applied."""
    parts = (write.clause.cte(write.part) for write in (provider, *others))
    result = (ONE, _NOTIFYING_LATER) if notify_later else (ONE,)
    return select(*result).select_from(_PROVIDER).add_cte(*parts)
