"""The statements that write, and the rows of a change. One change is one statement: a CTE for each row.

The first CTE writes the provider's row, unless its revision changed; the others depend on it. A parameter is named
after its row and column, as ``version_status``. ``of_prefix``, ``of_name``, ``of_version`` and ``of_revision`` find
existing rows.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

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
from uuid_utils.compat import uuid7

from adapters.postgres.log_tables import PROVIDER_EVENTS
from adapters.postgres.provenance_statements import FIND_VERSION, write_provenance
from adapters.postgres.provider_mapping import (
    write_claimed_file,
    write_distribution,
    write_distribution_event,
    write_metadata_event,
    write_provider,
)
from adapters.postgres.queries import ONE, key_of, where_provider, where_version
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
from adapters.postgres.task_queue import write_task
from adapters.postgres.version_mapping import write_event, write_report, write_version
from adapters.postgres.write import Write
from domain.catalog import Provider
from domain.distributions import DistributionEvent, WheelNames
from domain.history import MetadataEvent
from domain.names import ProviderName
from domain.version_state import Attest, Publish, StartBuild, UpdateProvider, VersionSnapshot, VersionWrite


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


Writes: TypeAlias = Mapping[Write, Mapping[str, object]]


def rows_of_change(name: ProviderName, stored: VersionSnapshot, change: VersionWrite) -> Writes:
    after = stored.after(change)
    return {
        **_provider(after.provider, stored.provider),
        **_shown(name, stored.metadata_event(change)),
        **_wheel_names(stored, after.names, stored.ownership_event(change)),
        **_version(stored, change),
    }


def combined(
    name: ProviderName, stored: VersionSnapshot, change: VersionWrite, rows: Writes, *, notify_later: bool
) -> tuple[Select[Any], dict[str, object]]:
    """Return the statement that writes rows, with its parameters.

    It returns a row, or writes nothing and returns none because the provider is not at the stored revision any more.
    """
    values = {f"{write.part}_{column}": value for write, row in rows.items() for column, value in row.items()}
    target = {} if isinstance(change, UpdateProvider) else {"of_version": change.version.version.text}
    return combine(*rows, notify_later=notify_later), {
        **values,
        **key_of(name),
        **target,
        "of_revision": stored.revision,
    }


def _provider(provider: Provider | None, before: Provider | None) -> Writes:
    if provider is None:
        raise AssertionError("every write leaves a provider")
    if before is None:
        return {ADD_PROVIDER: write_provider(provider)}
    if provider != replace(before, updated_at=provider.updated_at):
        return {REPLACE_PROVIDER: write_provider(provider)}
    return {TOUCH_PROVIDER: {"updated_at": provider.updated_at}}


def _shown(name: ProviderName, event: MetadataEvent | None) -> Writes:
    return {} if event is None else {ADD_METADATA: {"id": uuid7(), **write_metadata_event(name, event)}}


def _wheel_names(before: VersionSnapshot, after: WheelNames | None, event: DistributionEvent | None) -> Writes:
    """Return the names that a change claims. Where another writer claimed one first, its primary key refuses."""
    rows: dict[Write, Mapping[str, object]] = {}
    if before.names is None or after is None:
        return rows
    if after.distribution is not None and event is not None:
        write = ADD_DISTRIBUTION if before.names.distribution is None else CHANGE_OWNER
        rows[write] = write_distribution(after.distribution)
        rows[ADD_OWNERSHIP] = {"id": uuid7(), **write_distribution_event(event)}
    if after.file is not None and before.names.file is None:
        rows[ADD_FILE] = write_claimed_file(after.file)
    return rows


def _version(stored: VersionSnapshot, change: VersionWrite) -> Writes:
    if isinstance(change, UpdateProvider):
        return {}
    if isinstance(change, Attest):
        return {FIND_VERSION: {}, **write_provenance(change.provenance, at=change.at)}
    write = ADD_VERSION if stored.version is None else REPLACE_VERSION
    written = {"id": uuid7(), **write_version(change.version)}
    if isinstance(change, StartBuild):
        return {write: written, ADD_TASK: write_task(change.task)}
    rows: Writes = {
        write: written,
        ADD_EVENT: {"id": uuid7(), **write_event(change.event)},
    }
    if isinstance(change, Publish) and change.compatibility is not None:
        rows = {**rows, ADD_REPORT: {"report": write_report(change.compatibility)}}
    if isinstance(change, Publish) and change.provenance is not None:
        rows = {**rows, **write_provenance(change.provenance, at=change.event.at)}
    return rows
