"""A pool is whole after whatever its users did or suffered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.memory.observer import InMemoryObserver
from adapters.postgres import engine
from adapters.postgres.engine import ConnectionOptions, Database
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreUnavailableError
from domain.history import LifecycleAction, LifecycleEvent
from tests.builders import NOW, a_name, a_version, some_metadata
from tests.support.postgres import fetch
from tests.support.stores import writing
from tests.support.waiting import WAIT_SECONDS

_PID = "SELECT pg_backend_pid()"
_STUCK = "SELECT pg_sleep(600)"
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_AT_IT = f"{_OTHERS} AND state = 'active' AND query = '{_STUCK}'"


@pytest.fixture
def seen() -> InMemoryObserver:
    return InMemoryObserver()


@pytest.fixture
async def single(database_dsn: str, seen: InMemoryObserver) -> AsyncIterator[Database]:
    """A pool of one connection."""
    database = Database(database_dsn, ConnectionOptions(pool_size=1), seen)
    yield database
    await database.dispose()


@pytest.fixture
async def aside(database_dsn: str) -> AsyncIterator[Any]:
    """A connection of our own, to look from outside."""
    connection = await asyncpg.connect(database_dsn)
    yield connection
    await connection.close()


async def _pid(connection: AsyncConnection) -> int:
    return int((await connection.execute(text(_PID))).scalar_one())


async def _process(database: Database) -> int:
    async with database.transaction() as connection:
        return await _pid(connection)


async def _cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _until(aside: Any, query: str, expected: int) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while await aside.fetchval(query) != expected:
            pass


async def test_a_connection_is_used_again(single: Database) -> None:
    assert await _process(single) == await _process(single)


async def test_the_connection_used_last_is_used_next(database_dsn: str) -> None:
    database = Database(database_dsn, ConnectionOptions(pool_size=2))
    async with database.transaction():
        last = await _process(database)
        async with database.transaction() as connection:
            assert await _pid(connection) == last
    first = await _process(database)
    assert first != last
    assert await _process(database) == first
    await database.dispose()


async def test_users_wait_for_a_connection(single: Database, seen: InMemoryObserver) -> None:
    processes = await asyncio.gather(*(_process(single) for _ in range(5)))
    assert len(set(processes)) == 1
    assert seen.connections == 0


async def test_a_user_that_is_cancelled_while_waiting_takes_no_connection(
    single: Database, seen: InMemoryObserver
) -> None:
    async with single.transaction():
        waiting = asyncio.create_task(_process(single))
        await asyncio.sleep(0)
        await _cancelled(waiting)
        assert seen.connections == 1
    assert await _process(single)
    assert seen.connections == 0


async def test_a_user_that_is_cancelled_while_connecting_takes_no_connection(
    single: Database, seen: InMemoryObserver
) -> None:
    connecting = asyncio.create_task(_process(single))
    await asyncio.sleep(0)
    await _cancelled(connecting)
    assert seen.connections == 0
    assert await _process(single)


async def test_a_statement_whose_user_is_cancelled_is_stopped_and_its_connection_replaced(
    single: Database, seen: InMemoryObserver, aside: Any
) -> None:
    before = await _process(single)
    working = asyncio.create_task(single.read(text(_STUCK)))
    await _until(aside, _AT_IT, 1)
    await _cancelled(working)
    await _until(aside, _OTHERS, 0)
    assert seen.connections == 0
    assert await _process(single) != before


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_an_update_that_is_cancelled_anywhere_leaves_a_whole_pool_and_a_whole_version_or_none(
    single: Database, seen: InMemoryObserver, database_dsn: str, steps: int
) -> None:
    store, version = PostgresVersionRepository(single), a_version("1.0.0")
    event = LifecycleEvent(action=LifecycleAction.PUBLISHED, at=NOW, actor="mch_ci")
    await store.ping()
    updating = asyncio.create_task(
        store.update(a_name(), version.version, writing(version, some_metadata(), event=event))
    )
    for _ in range(steps):
        await asyncio.sleep(0)
    await _cancelled(updating)

    assert seen.connections == 0
    assert await store.history(a_name(), version.version) in ([], [event])
    assert fetch(database_dsn, "SELECT count(*) FROM provider_versions") == fetch(
        database_dsn, "SELECT count(*) FROM version_events"
    )


@pytest.mark.parametrize("error", [None, ValueError("the user's own")], ids=["ends", "raises"])
async def test_a_transaction_that_is_left_open_is_rolled_back(single: Database, error: Exception | None) -> None:
    before = await _process(single)
    with suppress(ValueError):
        async with single.transaction() as connection:
            await connection.execute(text("CREATE TABLE left_behind ()"))
            if error is not None:
                raise error
    async with single.transaction() as connection:
        assert (await connection.execute(text("SELECT to_regclass('left_behind')"))).scalar_one() is None
        assert await _pid(connection) == before


async def test_a_user_that_is_cancelled_in_a_transaction_holds_no_lock(single: Database, aside: Any) -> None:
    locked = asyncio.Event()

    async def hold() -> None:
        async with single.transaction() as connection:
            await connection.execute(text("LOCK TABLE providers"))
            locked.set()
            await asyncio.get_running_loop().create_future()

    holding = asyncio.create_task(hold())
    await locked.wait()
    await _cancelled(holding)
    async with asyncio.timeout(WAIT_SECONDS), aside.transaction():
        await aside.execute("LOCK TABLE providers")


async def test_where_one_connection_proves_useless_the_others_are_replaced_too(database_dsn: str) -> None:
    database = Database(database_dsn, ConnectionOptions(pool_size=2, command_timeout=0.5))
    async with database.transaction() as one, database.transaction() as two:
        before = {await _pid(one), await _pid(two)}
    with pytest.raises(StoreUnavailableError):
        async with database.transaction() as connection:
            await connection.execute(text(_STUCK))
    async with database.transaction() as one, database.transaction() as two:
        assert not before & {await _pid(one), await _pid(two)}
    await database.dispose()


async def test_nothing_is_kept_after_the_end(database_dsn: str, seen: InMemoryObserver, aside: Any) -> None:
    database = Database(database_dsn, ConnectionOptions(pool_size=2), seen)
    async with database.transaction() as connection:
        await _pid(connection)
        await _process(database)
        await database.dispose()
        await _until(aside, _OTHERS, 1)
        assert seen.connections == 1
    await _until(aside, _OTHERS, 0)
    assert seen.connections == 0


_ATTEMPTS = "CREATE TEMPORARY SEQUENCE attempts"
"""Does not go back with a transaction."""
_LOSING = """
    CREATE FUNCTION pg_temp.write_after(lost_races int) RETURNS int LANGUAGE plpgsql AS $$
    DECLARE attempt int := nextval('attempts');
    BEGIN
        IF attempt <= lost_races THEN RAISE 'lost' USING ERRCODE = '{sqlstate}'; END IF;
        RETURN attempt;
    END $$
"""


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "0A000"], ids=["serialization", "deadlock", "outdated-plan"])
async def test_a_write_that_lost_a_race_is_repeated_until_it_is_out_of_service(single: Database, sqlstate: str) -> None:
    async with single.transaction() as connection:
        for statement in (_ATTEMPTS, _LOSING.format(sqlstate=sqlstate)):
            await connection.execute(text(statement))
        await connection.commit()
    write = text("SELECT pg_temp.write_after(:lost_races) AS attempt")

    assert await single.write(write, {"lost_races": 2}) == [{"attempt": 3}]
    with pytest.raises(StoreUnavailableError):
        await single.write(write, {"lost_races": 1_000})
    assert await single.read(text("SELECT last_value FROM attempts")) == [{"last_value": 3 + 5}]


def test_only_the_repository_executes_a_write_once_and_decides_again() -> None:
    adapters = Path(engine.__file__).parent
    once = [path.name for path in adapters.glob("*.py") if "_database.execute(" in path.read_text()]

    assert once == ["version_repository.py"]
