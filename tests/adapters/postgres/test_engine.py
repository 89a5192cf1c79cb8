"""A pool is whole after whatever its users did or suffered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

from adapters.memory.observer import InMemoryObserver
from adapters.postgres.engine import ConnectionOptions, Database
from adapters.postgres.pool import Pool
from application.errors import StoreUnavailableError
from tests.support.waiting import WAIT_SECONDS

_PID = "SELECT pg_backend_pid()"
_STUCK = "SELECT pg_sleep(600)"
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_AT_IT = f"{_OTHERS} AND state = 'active' AND query = '{_STUCK}'"


@pytest.fixture
def seen() -> InMemoryObserver:
    return InMemoryObserver()


@pytest.fixture
async def pool(database_dsn: str, seen: InMemoryObserver) -> AsyncIterator[Pool]:
    """A pool of one connection."""
    database = Database(database_dsn, ConnectionOptions(pool_size=1), seen)
    yield database.pool
    await database.dispose()


@pytest.fixture
async def aside(database_dsn: str) -> AsyncIterator[Any]:
    """A connection of our own, to look from outside."""
    connection = await asyncpg.connect(database_dsn)
    yield connection
    await connection.close()


async def _process(pool: Pool) -> int:
    async with pool.lend() as connection:
        process: int = await connection.fetchval(_PID)
        return process


async def _cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _until(aside: Any, query: str, expected: int) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while await aside.fetchval(query) != expected:
            pass


async def test_a_connection_is_used_again(pool: Pool) -> None:
    assert await _process(pool) == await _process(pool)


async def test_the_connection_used_last_is_used_next(database_dsn: str) -> None:
    database = Database(database_dsn, ConnectionOptions(pool_size=2))
    async with database.pool.lend():
        last = await _process(database.pool)
        async with database.pool.lend() as connection:
            assert await connection.fetchval(_PID) == last
    first = await _process(database.pool)
    assert first != last
    assert await _process(database.pool) == first
    await database.dispose()


async def test_users_wait_for_a_connection(pool: Pool, seen: InMemoryObserver) -> None:
    processes = await asyncio.gather(*(_process(pool) for _ in range(5)))
    assert len(set(processes)) == 1
    assert seen.connections == 0


async def test_whoever_is_cancelled_while_he_waits_takes_no_connection(pool: Pool, seen: InMemoryObserver) -> None:
    async with pool.lend():
        waiting = asyncio.create_task(_process(pool))
        await asyncio.sleep(0)
        await _cancelled(waiting)
        assert seen.connections == 1
    assert await _process(pool)
    assert seen.connections == 0


async def test_whoever_is_cancelled_while_he_connects_takes_no_connection(pool: Pool, seen: InMemoryObserver) -> None:
    connecting = asyncio.create_task(_process(pool))
    await asyncio.sleep(0)
    await _cancelled(connecting)
    assert seen.connections == 0
    assert await _process(pool)


async def test_a_statement_whose_user_is_cancelled_is_stopped_and_its_connection_replaced(
    pool: Pool, seen: InMemoryObserver, aside: Any
) -> None:
    before = await _process(pool)

    async def stuck() -> None:
        async with pool.lend() as connection:
            await connection.fetch(_STUCK)

    working = asyncio.create_task(stuck())
    await _until(aside, _AT_IT, 1)
    await _cancelled(working)
    await _until(aside, _OTHERS, 0)
    assert seen.connections == 0
    assert await _process(pool) != before


@pytest.mark.parametrize("error", [None, ValueError("the user's own")], ids=["ends", "raises"])
async def test_a_transaction_that_is_left_open_is_rolled_back(pool: Pool, error: Exception | None) -> None:
    before = await _process(pool)
    with suppress(ValueError):
        async with pool.lend() as connection:
            await connection.execute("BEGIN")
            await connection.execute("CREATE TABLE left_behind ()")
            if error is not None:
                raise error
    async with pool.lend() as connection:
        assert not connection.is_in_transaction()
        assert await connection.fetchval("SELECT to_regclass('left_behind')") is None
        assert await connection.fetchval(_PID) == before


async def test_whoever_is_cancelled_in_a_transaction_holds_no_lock(pool: Pool, aside: Any) -> None:
    locked = asyncio.Event()

    async def hold() -> None:
        async with pool.lend() as connection:
            await connection.execute("BEGIN")
            await connection.execute("LOCK TABLE providers")
            locked.set()
            await asyncio.get_running_loop().create_future()

    holding = asyncio.create_task(hold())
    await locked.wait()
    await _cancelled(holding)
    async with asyncio.timeout(WAIT_SECONDS), aside.transaction():
        await aside.execute("LOCK TABLE providers")


async def test_where_one_connection_proves_useless_the_others_are_replaced_too(database_dsn: str) -> None:
    database = Database(database_dsn, ConnectionOptions(pool_size=2))
    pool = database.pool
    async with pool.lend() as one, pool.lend() as two:
        before = {await one.fetchval(_PID), await two.fetchval(_PID)}
    with pytest.raises(StoreUnavailableError):
        async with pool.lend():
            raise StoreUnavailableError("no answer") from TimeoutError()
    async with pool.lend() as one, pool.lend() as two:
        assert not before & {await one.fetchval(_PID), await two.fetchval(_PID)}
    await database.dispose()


async def test_nothing_is_kept_after_the_end(database_dsn: str, seen: InMemoryObserver, aside: Any) -> None:
    database = Database(database_dsn, ConnectionOptions(pool_size=2), seen)
    async with database.pool.lend():
        await _process(database.pool)
        await database.dispose()
        await _until(aside, _OTHERS, 1)
        assert seen.connections == 1
    await _until(aside, _OTHERS, 0)
    assert seen.connections == 0
