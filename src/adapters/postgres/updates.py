"""Loading and writing the state around one version."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Select
from uuid_utils.compat import uuid7

from adapters.postgres.engine import Rows
from adapters.postgres.mapping import (
    read_claimed_file,
    read_distribution,
    read_number,
    read_provider,
    read_version,
    write_claimed_file,
    write_distribution,
    write_distribution_event,
    write_event,
    write_provider,
    write_version,
)
from adapters.postgres.queries import LOOK, LOOK_FOR_WHEEL, part
from adapters.postgres.writes import (
    ADD_DISTRIBUTION,
    ADD_EVENT,
    ADD_FILE,
    ADD_OWNERSHIP,
    ADD_PROVIDER,
    ADD_VERSION,
    CHANGE_OWNER,
    REPLACE_PROVIDER,
    REPLACE_VERSION,
    TOUCH_PROVIDER,
    Write,
    combine,
)
from domain.catalog import Provider
from domain.distributions import DistributionEvent, WheelNames
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_state import UpdateProvider, VersionSnapshot, VersionWrite
from domain.wheel.filename import WheelFilename

_NOTHING = VersionSnapshot()
_Writes = Mapping[Write, Mapping[str, object]]


def key(name: ProviderName, version: SemVer | None = None) -> dict[str, str]:
    """Return the parameters that name a provider, or one of its versions."""
    parameters = {"of_prefix": name.prefix, "of_name": name.name}
    return parameters if version is None else {**parameters, "of_version": version.text}


def looking(name: ProviderName, version: SemVer, wheel: WheelFilename | None) -> tuple[Select[Any], dict[str, str]]:
    """Return the statement that looks at a version, and at a wheel's names if one is given, with its parameters."""
    if wheel is None:
        return LOOK, key(name, version)
    names = {"of_distribution": wheel.distribution, "of_filename": wheel.normalised}
    return LOOK_FOR_WHEEL, {**key(name, version), **names}


def read_stored(name: ProviderName, rows: Rows) -> VersionSnapshot:
    """Return what the row of a ``LOOK`` or ``LOOK_FOR_WHEEL`` holds, if there is one."""
    if not rows:
        return _NOTHING
    [row] = rows
    names = _names(name, row) if "distribution_name" in row else None
    if row["provider_created_at"] is None:
        return replace(_NOTHING, names=names)
    return VersionSnapshot(
        names=names,
        provider=read_provider(name, part(row, "provider")),
        version=None if row["version_version"] is None else read_version(name, part(row, "version")),
        newest=None if row["newest_version"] is None else read_number(part(row, "newest")),
        revision=row["provider_revision"],
    )


def writing(name: ProviderName, stored: VersionSnapshot, change: VersionWrite) -> tuple[Select[int], dict[str, object]]:
    """Return the statement that writes a change, with its parameters.

    It returns a row, or writes nothing and returns none because the provider is not at the stored revision any more.
    """
    after = stored.after(change)
    rows = {
        **_provider(after.provider, stored.provider),
        **_wheel_names(stored, after.names, stored.ownership_event(change)),
        **_version(stored, change),
    }
    values = {f"{write.part}_{column}": value for write, row in rows.items() for column, value in row.items()}
    target = {} if isinstance(change, UpdateProvider) else {"of_version": change.version.version.text}
    return combine(*rows), {**values, **key(name), **target, "of_revision": stored.revision}


def _provider(provider: Provider | None, before: Provider | None) -> _Writes:
    if provider is None:
        raise AssertionError("every write leaves a provider")
    if before is None:
        return {ADD_PROVIDER: write_provider(provider)}
    if provider != replace(before, updated_at=provider.updated_at):
        return {REPLACE_PROVIDER: write_provider(provider)}
    return {TOUCH_PROVIDER: {"updated_at": provider.updated_at}}


def _names(name: ProviderName, row: Mapping[str, Any]) -> WheelNames:
    return WheelNames(
        distribution=None if row["distribution_name"] is None else read_distribution(part(row, "distribution")),
        file=None if row["file_sha256"] is None else read_claimed_file(name.prefix, part(row, "file")),
    )


def _wheel_names(before: VersionSnapshot, after: WheelNames | None, event: DistributionEvent | None) -> _Writes:
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


def _version(stored: VersionSnapshot, change: VersionWrite) -> _Writes:
    if isinstance(change, UpdateProvider):
        return {}
    write = ADD_VERSION if stored.version is None else REPLACE_VERSION
    return {
        write: {"id": uuid7(), **write_version(change.version)},
        ADD_EVENT: {"id": uuid7(), **write_event(change.event)},
    }
