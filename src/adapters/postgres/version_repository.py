"""The repository of versions: loading, deciding and writing in PostgreSQL."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from adapters.postgres import queries
from adapters.postgres.engine import Database, Rows, retry, rows_of
from adapters.postgres.error_mapping import (
    PRIVILEGES_LACKING,
    SCHEMA_MISMATCH,
    ConcurrentUpdateError,
    RetryableError,
    translate_errors,
)
from adapters.postgres.grants import LACKING
from adapters.postgres.leases import held
from adapters.postgres.provenance_statements import read_publisher_events
from adapters.postgres.provider_mapping import read_claimed_file, read_distribution, read_provider
from adapters.postgres.queries import LOAD, LOAD_WITH_NAMES, key_of, part
from adapters.postgres.resource_index import index_latest, index_rows
from adapters.postgres.revisions import are_compatible
from adapters.postgres.task_queue import LEASES
from adapters.postgres.version_mapping import (
    read_event,
    read_neighbours,
    read_number,
    read_readme,
    read_report,
    read_schemas,
    read_version,
)
from adapters.postgres.writes import combined, rows_of_change
from application.errors import LeaseLostError, StoreUnavailableError
from application.ports.version_repository import Decide, Result
from domain.compatibility.assessment import Compatibility
from domain.distributions import WheelNames
from domain.history import HistoryEvent
from domain.names import ProviderName
from domain.provenance.record import PublisherRecord
from domain.schemas import ResourceSchemas
from domain.semver import SemVer
from domain.tasks import Lease
from domain.version_state import (
    VersionSnapshot,
    VersionWrite,
    written_version,
)
from domain.versions import ProviderVersion
from domain.wheel.file import WheelFilename
from domain.wheel.metadata import Readme


class PostgresVersionRepository:
    """Stores providers and versions in PostgreSQL, with optimistic concurrency control.

    A write succeeds if the provider's revision is the one that was loaded. A writer that lost a race repeats its
    decision in a transaction that locks the provider's row. Without a row, unique constraints decide the race.

    Args:
        database: Where they are.
        notify_later: Whether other processes are notified after the commit, by a subscribed ``PostgresChangeFeed`` of
            this or of another process, which makes commits of different providers independent of each other.
    """

    def __init__(self, database: Database, *, notify_later: bool = False) -> None:
        self._database = database
        self._notify_later = notify_later

    async def load(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        return _read_snapshot(name, await self._database.read(*_load_statement(name, version, wheel)))

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decide[Result],
        *,
        seen: VersionSnapshot | None = None,
        wheel: WheelFilename | None = None,
        lease: Lease | None = None,
    ) -> Result:
        """Decide and write; after a lost race, or to finish a task, again with the provider locked."""
        if lease is not None:
            return await retry(lambda: self._update_locked(name, version, decide, wheel, lease))
        stored = seen or await self.load(name, version, wheel=wheel)
        with suppress(RetryableError):
            return await self._update(name, version, decide, stored)
        return await retry(lambda: self._update_locked(name, version, decide, wheel))

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        rows = await self._database.read(queries.FIND, key_of(name, version))
        return read_version(name, rows[0]) if rows else None

    async def find_latest(self, name: ProviderName) -> ProviderVersion | None:
        rows = await self._database.read(queries.FIND_LATEST, key_of(name))
        return read_version(name, rows[0]) if rows else None

    async def list_versions(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        page = {"page_limit": limit, "of_before": queries.ABOVE_ALL if before is None else before.sort_key}
        return [read_version(name, row) for row in await self._database.read(queries.LIST, {**key_of(name), **page})]

    async def list_schemas(self, name: ProviderName, versions: Sequence[SemVer]) -> Mapping[SemVer, ResourceSchemas]:
        wanted = {version.text: version for version in versions}
        rows = await self._database.read(queries.LIST_SCHEMAS, {**key_of(name), "of_versions": list(wanted)})
        return {wanted[row["version"]]: found for row in rows if (found := read_schemas(row["schemas"])) is not None}

    async def find_readme(self, name: ProviderName, version: SemVer) -> Readme | None:
        rows = await self._database.read(queries.FIND_README, key_of(name, version))
        return read_readme(rows[0]) if rows else None

    async def find_registration(self, registration_id: UUID) -> ProviderVersion | None:
        rows = await self._database.read(queries.FIND_REGISTRATION, {"of_registration": registration_id})
        return read_version(ProviderName(rows[0]["prefix"], rows[0]["name"]), rows[0]) if rows else None

    async def list_all(self, name: ProviderName) -> Sequence[ProviderVersion]:
        return [read_version(name, row) for row in await self._database.read(queries.LIST_ALL, key_of(name))]

    async def find_compatibility(self, name: ProviderName, version: SemVer) -> Compatibility | None:
        """Return how a public version compares with its baseline, or None."""
        rows = await self._database.read(queries.REPORT, key_of(name, version))
        return read_report(rows[0]["report"]) if rows else None

    async def history(
        self, name: ProviderName, version: SemVer, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[HistoryEvent]:
        page = {"page_limit": limit, "page_offset": offset}
        return [
            read_event(row) for row in await self._database.read(queries.HISTORY, {**key_of(name, version), **page})
        ]

    async def ping(self) -> None:
        """Check that the database answers, has a compatible schema, and grants the privileges that serving needs.

        Raises:
            StoreUnavailableError: It does not.
        """
        if not are_compatible({row["version_num"] for row in await self._database.read(queries.REVISIONS)}):
            raise StoreUnavailableError(SCHEMA_MISMATCH)
        if await self._database.read(LACKING):
            raise StoreUnavailableError(PRIVILEGES_LACKING)

    async def _update(
        self, name: ProviderName, version: SemVer, decide: Decide[Result], stored: VersionSnapshot
    ) -> Result:
        change, result = _decided(decide, name, version, stored)
        if change is None:
            await self._database.read(queries.CONFIRM)
            return result
        try:
            if not await self._database.execute(*await self._write_statement(name, stored, change)):
                raise ConcurrentUpdateError
        finally:
            self._database.listeners.on_change(name)
        await self._index_latest(name, stored, change)
        return result

    async def _update_locked(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decide[Result],
        wheel: WheelFilename | None,
        lease: Lease | None = None,
    ) -> Result:
        async with self._database.transaction() as connection:
            if lease is not None and not rows_of(await connection.execute(LEASES.lock, held(lease))):
                raise LeaseLostError
            await connection.execute(queries.LOCK, key_of(name))
            stored = _read_snapshot(name, rows_of(await connection.execute(*_load_statement(name, version, wheel))))
            change, result = _decided(decide, name, version, stored)
            if change is not None:
                await connection.execute(*await self._write_statement(name, stored, change))
            if lease is not None:
                await connection.execute(LEASES.finish, held(lease))
            if change is not None or lease is not None:
                try:
                    # It is unknown whether a commit without an answer happened, so only the caller may repeat it.
                    with translate_errors(retry_lost=False):
                        await connection.commit()
                finally:
                    self._database.listeners.on_change(name)
        if change is not None or lease is not None:
            await self._index_latest(name, stored, change)
            return result
        await self._database.read(queries.CONFIRM)
        return result

    async def _write_statement(
        self, name: ProviderName, stored: VersionSnapshot, change: VersionWrite
    ) -> tuple[Select[Any], dict[str, object]]:
        """Return the statement that writes a change, and what is searched from then on, with its parameters."""
        rows = {**rows_of_change(name, stored, change), **await index_rows(stored, change)}
        return combined(name, stored, change, rows, notify_later=self._notify_later)

    async def _index_latest(self, name: ProviderName, stored: VersionSnapshot, change: VersionWrite | None) -> None:
        """Search the version that is the latest after another one was yanked: its schemas were not loaded before."""
        if change is None or not stored.is_search_outdated(change):
            return
        with suppress(StoreUnavailableError, RetryableError):  # the yank is committed; the next publish indexes again
            await index_latest(self._database, name)


def _decided(
    decide: Decide[Result], name: ProviderName, version: SemVer, stored: VersionSnapshot
) -> tuple[VersionWrite | None, Result]:
    change, result = decide(stored)
    if change is not None:
        written_version(change, name, version)
    return change, result


_NOTHING = VersionSnapshot()


def _load_statement(
    name: ProviderName, version: SemVer, wheel: WheelFilename | None
) -> tuple[Select[Any], dict[str, str]]:
    """Return the statement that loads a version, and who owns a wheel's names if one is given."""
    if wheel is None:
        return LOAD, key_of(name, version)
    names = {"of_distribution": wheel.distribution, "of_filename": wheel.normalised}
    names |= {"of_precedence": version.precedence, "of_above": f"{version.precedence}!"}
    return LOAD_WITH_NAMES, {**key_of(name, version), **names}


def _read_snapshot(name: ProviderName, rows: Rows) -> VersionSnapshot:
    """Return what the row of a ``LOAD`` or ``LOAD_WITH_NAMES`` holds, if there is one."""
    if not rows:
        return _NOTHING
    [row] = rows
    names = _names(name, row) if "distribution_name" in row else None
    publishers = PublisherRecord.of(read_publisher_events(row["publishers"]))
    if row["provider_created_at"] is None:
        return replace(_NOTHING, names=names, publishers=publishers)
    return VersionSnapshot(
        names=names,
        provider=read_provider(name, part(row, "provider")),
        version=None if row["version_version"] is None else read_version(name, part(row, "version")),
        newest=None if row["newest_version"] is None else read_number(part(row, "newest")),
        latest=None if row["latest_version"] is None else read_number(part(row, "latest")),
        neighbours=read_neighbours(row["neighbours"]) if names is not None else (),
        publishers=publishers,
        revision=row["provider_revision"],
    )


def _names(name: ProviderName, row: Mapping[str, Any]) -> WheelNames:
    return WheelNames(
        distribution=None if row["distribution_name"] is None else read_distribution(part(row, "distribution")),
        file=None if row["file_sha256"] is None else read_claimed_file(name.prefix, part(row, "file")),
    )
