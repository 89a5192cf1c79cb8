"""The version store."""

from collections.abc import Sequence
from contextlib import suppress

from adapters.postgres import queries
from adapters.postgres.engine import Database, retry, rows_of
from adapters.postgres.error_mapping import (
    PRIVILEGES_LACKING,
    SCHEMA_MISMATCH,
    ConcurrentUpdateError,
    RetryableError,
    translate_errors,
)
from adapters.postgres.grants import LACKING
from adapters.postgres.mapping import read_event, read_version
from adapters.postgres.schema import CURRENT, are_compatible
from adapters.postgres.updates import key, looking, read_stored, writing
from application.errors import StoreUnavailableError
from application.ports.version_repository import Decide, Result
from domain.history import LifecycleEvent
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_state import VersionSnapshot, VersionWrite, written_version
from domain.versions import ProviderVersion
from domain.wheel.filename import WheelFilename


class PostgresVersionRepository:
    """Stores providers and versions in PostgreSQL, with optimistic concurrency control.

    A write succeeds if the provider's revision is the one that was loaded. A writer that lost a race repeats its
    decision in a transaction that locks the provider's row. Without a row, unique constraints decide the race.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        """Load the state around a version, in one statement."""
        return read_stored(name, await self._database.read(*looking(name, version, wheel)))

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decide[Result],
        *,
        seen: VersionSnapshot | None = None,
        wheel: WheelFilename | None = None,
    ) -> Result:
        """Decide and write; after a lost race again, with the provider locked."""
        stored = seen or await self.load(name, version, wheel=wheel)
        with suppress(RetryableError):
            return await self._update(name, version, decide, stored)
        return await retry(lambda: self._update_locked(name, version, decide, wheel))

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        """Return a public version, or None."""
        rows = await self._database.read(queries.FIND, key(name, version))
        return read_version(name, rows[0]) if rows else None

    async def find_latest(self, name: ProviderName) -> ProviderVersion | None:
        """Return the latest version, or None."""
        rows = await self._database.read(queries.FIND_LATEST, key(name))
        return read_version(name, rows[0]) if rows else None

    async def list_versions(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        """Return public versions without their large fields, newest first."""
        page = {"page_limit": limit, "of_before": queries.ABOVE_ALL if before is None else before.sort_key}
        return [read_version(name, row) for row in await self._database.read(queries.LIST, {**key(name), **page})]

    async def list_all(self, name: ProviderName) -> Sequence[ProviderVersion]:
        """Return versions of every status without their large fields, newest first."""
        return [read_version(name, row) for row in await self._database.read(queries.LIST_ALL, key(name))]

    async def history(
        self, name: ProviderName, version: SemVer, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[LifecycleEvent]:
        """Return the events of a version, oldest first."""
        page = {"page_limit": limit, "page_offset": offset}
        return [read_event(row) for row in await self._database.read(queries.HISTORY, {**key(name, version), **page})]

    async def ping(self) -> None:
        """Check that the database answers, has a compatible schema, and grants the privileges that serving needs.

        Raises:
            StoreUnavailableError: It does not.
        """
        if not are_compatible({row["version_num"] for row in await self._database.read(CURRENT)}):
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
            if not await self._database.execute(*writing(name, stored, change)):
                raise ConcurrentUpdateError
        finally:
            self._database.listeners.on_change(name)
        return result

    async def _update_locked(
        self, name: ProviderName, version: SemVer, decide: Decide[Result], wheel: WheelFilename | None
    ) -> Result:
        async with self._database.transaction() as connection:
            await connection.execute(queries.LOCK, key(name))
            stored = read_stored(name, rows_of(await connection.execute(*looking(name, version, wheel))))
            change, result = _decided(decide, name, version, stored)
            if change is not None:
                await connection.execute(*writing(name, stored, change))
                try:
                    # It is unknown whether a commit without an answer happened, so only the caller may repeat it.
                    with translate_errors(retry_lost=False):
                        await connection.commit()
                finally:
                    self._database.listeners.on_change(name)
                return result
        await self._database.read(queries.CONFIRM)
        return result


def _decided(
    decide: Decide[Result], name: ProviderName, version: SemVer, stored: VersionSnapshot
) -> tuple[VersionWrite | None, Result]:
    change, result = decide(stored)
    if change is not None:
        written_version(change, name, version)
    return change, result
