"""The version store."""

from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress

from adapters.postgres import queries
from adapters.postgres.engine import Database
from adapters.postgres.error_mapping import LAYOUT_DIFFERS, PRIVILEGES_LACKING, RetryableFaultError, driver_faults
from adapters.postgres.grants import LACKING
from adapters.postgres.mapping import read_event, read_version
from adapters.postgres.reading import read, retried
from adapters.postgres.revisions import CURRENT, suffice
from adapters.postgres.statements import Rows, Statement
from adapters.postgres.updates import key, looking, read_stored, write
from application.errors import StoreUnavailableError
from application.ports.version_store import Decide, Result
from domain.history import LifecycleEvent
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_state import VersionSnapshot, VersionWrite, written_version
from domain.versions import ProviderVersion
from domain.wheel_filenames import WheelFilename


class PostgresVersionStore:
    """Keeps providers and versions in PostgreSQL.

    Reads are single statements outside of transactions, and so is the writing of a change, which writes nothing where
    another writer of the provider came first. Whoever lost such a race takes turns with others at the provider's row;
    where there is no row yet, unique constraints decide who came first and the others start over.
    """

    def __init__(self, database: Database) -> None:
        """Take an open database; whoever opened it disposes of it."""
        self._listeners = database.listeners
        self._pool = database.pool

    async def look(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        """Return what is stored around a version and its wheel's names, in one statement."""
        return read_stored(name, await self._read(*looking(name, version, wheel)))

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decide[Result],
        *,
        seen: VersionSnapshot | None = None,
        wheel: WheelFilename | None = None,
    ) -> Result:
        """Decide and write, under lock once another writer came first."""
        stored = seen or await self.look(name, version, wheel=wheel)
        with suppress(RetryableFaultError):
            return await self._update(name, version, decide, stored)
        return await retried(lambda: self._update_under_lock(name, version, decide, wheel))

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        """Return a public version, or None."""
        rows = await self._read(queries.FIND, key(name, version))
        return read_version(name, rows[0]) if rows else None

    async def find_latest(self, name: ProviderName) -> ProviderVersion | None:
        """Return the latest version, or None."""
        rows = await self._read(queries.FIND_LATEST, key(name))
        return read_version(name, rows[0]) if rows else None

    async def list_versions(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        """Return public versions without their large fields, newest first."""
        page = {"page_limit": limit, "of_before": queries.ABOVE_ALL if before is None else before.sort_key}
        return [read_version(name, row) for row in await self._read(queries.LIST, {**key(name), **page})]

    async def history(
        self, name: ProviderName, version: SemVer, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[LifecycleEvent]:
        """Return what happened to a version, oldest first."""
        page = {"page_limit": limit, "page_offset": offset}
        return [read_event(row) for row in await self._read(queries.HISTORY, {**key(name, version), **page})]

    async def check(self) -> None:
        """Return if the database answers, has the layout that this release needs, and lets us use it.

        Raises:
            StoreUnavailableError: It does not answer, is at an older revision, or the role lacks privileges.
        """
        if not suffice({row["version_num"] for row in await self._read(CURRENT, {})}):
            raise StoreUnavailableError(LAYOUT_DIFFERS)
        if await self._read(LACKING, {}):
            raise StoreUnavailableError(PRIVILEGES_LACKING)

    async def _read(self, statement: Statement, parameters: Mapping[str, object]) -> Rows:
        return await read(self._pool, statement, parameters)

    async def _update(
        self, name: ProviderName, version: SemVer, decide: Decide[Result], stored: VersionSnapshot
    ) -> Result:
        change, result = _decided(decide, name, version, stored)
        if change is None:
            await self._read(queries.CONFIRM, {})
            return result
        async with self._pool.lend() as connection:
            await self._commit(name, write(connection, name, stored, change))
        return result

    async def _update_under_lock(
        self, name: ProviderName, version: SemVer, decide: Decide[Result], wheel: WheelFilename | None
    ) -> Result:
        look, parameters = looking(name, version, wheel)
        async with self._pool.lend() as connection:
            with driver_faults(connection):
                await connection.execute("BEGIN")
                await queries.LOCK.fetch(connection, key(name))
                stored = read_stored(name, await look.fetch(connection, parameters))
            change, result = _decided(decide, name, version, stored)
            if change is None:
                with driver_faults(connection):
                    await connection.execute(queries.CONFIRM.sql)
                    await connection.execute("COMMIT")
                return result
            with driver_faults(connection):
                await write(connection, name, stored, change)
            await self._commit(name, connection.execute("COMMIT"))
            return result

    async def _commit(self, name: ProviderName, committing: Awaitable[object]) -> None:
        # Whether a commit without an answer happened is unknown, so only the caller may repeat it.
        try:
            with driver_faults():
                await committing
        finally:
            self._listeners.changed(name)


def _decided(
    decide: Decide[Result], name: ProviderName, version: SemVer, stored: VersionSnapshot
) -> tuple[VersionWrite | None, Result]:
    change, result = decide(stored)
    if change is not None:
        written_version(change, name, version)
    return change, result
