"""What is read and written around one version."""

from collections.abc import Mapping
from dataclasses import replace

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from uuid_utils.compat import uuid7

from adapters.postgres.faults import overtaken
from adapters.postgres.queries import part
from adapters.postgres.rows import read_number, read_provider, read_version, write_event, write_provider, write_version
from adapters.postgres.statements import Rows
from adapters.postgres.writes import (
    ADD_EVENT,
    ADD_PROVIDER,
    ADD_VERSION,
    REPLACE_PROVIDER,
    REPLACE_VERSION,
    TOUCH_PROVIDER,
    Write,
    together,
)
from application.ports.version_store import Change, Stored
from domain.catalog import Provider
from domain.names import ProviderName
from domain.semver import SemVer

_NOTHING = Stored(provider=None, version=None, newest=None)
_Writes = Mapping[Write, Mapping[str, object]]


def key(name: ProviderName, version: SemVer | None = None) -> dict[str, str]:
    """Return the parameters that name a provider, or one of its versions."""
    parameters = {"of_prefix": name.prefix, "of_name": name.name}
    return parameters if version is None else {**parameters, "of_version": version.text}


def read_stored(name: ProviderName, rows: Rows) -> Stored:
    """Return what the row of a ``LOOK`` holds, if there is one."""
    if not rows:
        return _NOTHING
    [row] = rows
    return Stored(
        provider=read_provider(name, part(row, "provider")),
        version=None if row["version_version"] is None else read_version(name, part(row, "version")),
        newest=None if row["newest_version"] is None else read_number(part(row, "newest")),
        revision=row["revision"],
    )


async def write(connection: asyncpg.Connection, name: ProviderName, stored: Stored, change: Change) -> None:
    """Write a change over the state that it was decided on, or nothing if that is not the state any more.

    Raises:
        RetryableFaultError: Another writer came first.
    """
    rows = {**_provider(change.provider(name, stored.provider), stored.provider), **_version(stored, change)}
    values = {f"{write.part}_{column}": value for write, row in rows.items() for column, value in row.items()}
    target = {} if change.version is None else {"of_version": change.version.version.text}
    if not await together(*rows).fetch(connection, {**values, **key(name), **target, "of_revision": stored.revision}):
        raise overtaken()


def _provider(provider: Provider, before: Provider | None) -> _Writes:
    if before is None:
        return {ADD_PROVIDER: write_provider(provider)}
    if provider != replace(before, updated_at=provider.updated_at):
        return {REPLACE_PROVIDER: write_provider(provider)}
    return {TOUCH_PROVIDER: {"updated_at": provider.updated_at}}


def _version(stored: Stored, change: Change) -> _Writes:
    if change.version is None:
        return {}
    write = ADD_VERSION if stored.version is None else REPLACE_VERSION
    rows = {write: {"id": uuid7(), **write_version(change.version)}}
    return rows if change.event is None else {**rows, ADD_EVENT: {"id": uuid7(), **write_event(change.event)}}
