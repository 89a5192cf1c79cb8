"""The rows that a change of a version writes, and the one statement for all of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Select
from uuid_utils.compat import uuid7

from adapters.postgres.distribution_mapping import write_claimed_file, write_distribution, write_distribution_event
from adapters.postgres.mapping import write_event, write_metadata_event, write_provider, write_report, write_version
from adapters.postgres.provenance_statements import FIND_VERSION, write_provenance
from adapters.postgres.queries import key_of
from adapters.postgres.task_queue import write_task
from adapters.postgres.write import Write
from adapters.postgres.writes import (
    ADD_DISTRIBUTION,
    ADD_EVENT,
    ADD_FILE,
    ADD_METADATA,
    ADD_OWNERSHIP,
    ADD_PROVIDER,
    ADD_REPORT,
    ADD_TASK,
    ADD_VERSION,
    CHANGE_OWNER,
    REPLACE_PROVIDER,
    REPLACE_VERSION,
    TOUCH_PROVIDER,
    combine,
)
from domain.catalog import Provider
from domain.distributions import DistributionEvent, WheelNames
from domain.history import MetadataEvent
from domain.names import ProviderName
from domain.version_state import Attest, Publish, StartBuild, UpdateProvider, VersionSnapshot, VersionWrite

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
