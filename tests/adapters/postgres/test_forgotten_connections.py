"""Connections that a router between the registry and its database has forgotten, or may have."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from adapters.postgres.engine import ConnectionOptions, Database
from adapters.postgres.provider_queries import PostgresProviderQueries
from adapters.postgres.schema import upgrade
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreUnavailableError
from application.ports.provider_queries import CatalogSearch
from domain.search import Query
from domain.version_state import VersionSnapshot
from tests.builders import a_name, a_version, some_metadata
from tests.support.clusters import Cluster, a_cluster
from tests.support.postgres import a_folder, fetch
from tests.support.relay import Relay, a_relay
from tests.support.stores import Decided, put, writing

_PID = text("SELECT pg_backend_pid()")
_SLEEPING = text("SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()")


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with a_folder() as folder, a_cluster(folder / "data") as cluster:
        upgrade(cluster.dsn)
        yield cluster


@pytest.fixture
def relay(server: Cluster) -> Iterator[Relay]:
    with a_relay("127.0.0.1", server.port) as relay:
        yield relay


@asynccontextmanager
async def a_database(relay: Relay, **options: Any) -> AsyncIterator[Database]:
    database = Database(f"postgresql://postgres@127.0.0.1:{relay.port}/postgres", ConnectionOptions(**options))
    try:
        yield database
    finally:
        await database.dispose()


async def _fill_the_pool(database: Database) -> None:
    async with database.transaction(), database.transaction(), database.transaction():
        pass


async def test_a_reader_sees_nothing_of_a_forgotten_connection(relay: Relay) -> None:
    async with a_database(relay, pool_size=3) as database:
        store = PostgresVersionRepository(database)
        await put(store, a_version())
        await _fill_the_pool(database)
        kept = relay.accepted
        relay.forget()
        async with asyncio.timeout(15):
            found = await store.find(a_name(), a_version().version)
    assert found == a_version()
    assert relay.accepted <= kept + 2  # for the repetition, and for the cancellation of what got no answer


async def test_one_silent_connection_replaces_the_others_before_they_are_used(relay: Relay) -> None:
    async with a_database(relay, pool_size=3) as database:
        await _fill_the_pool(database)
        relay.forget()
        with capture_logs() as logs:
            await database.read(_PID)
            await asyncio.gather(*(database.read(_PID) for _ in range(3)))
    assert [line["event"] for line in logs] == ["database_connection_timed_out"]


async def test_a_slow_statement_replaces_no_connection_that_was_used_meanwhile(relay: Relay) -> None:
    slow = text("SELECT count(*) FROM pg_sleep(1)")
    async with a_database(relay, pool_size=3) as database:
        waiting = asyncio.create_task(database.read(slow, silence_timeout=0.5))
        while not await database.read(_SLEEPING):
            pass
        [used] = await database.read(_PID)
        await waiting
        async with database.transaction() as one, database.transaction() as other:
            found = [await connection.scalar(_PID) for connection in (one, other)]
    assert used["pg_backend_pid"] in found


async def test_a_search_sees_nothing_of_forgotten_connections(relay: Relay) -> None:
    async with a_database(relay, pool_size=3) as database:
        version = a_version("3.0.0", name="platform/found")
        write = writing(version, some_metadata())
        await PostgresVersionRepository(database).update(version.name, version.version, write)
        await _fill_the_pool(database)
        relay.forget()
        page = await PostgresProviderQueries(database, search_timeout=10).search(
            CatalogSearch(query=Query.parse("found"))
        )
    assert page.total == 1


async def test_many_readers_at_once_see_nothing_of_forgotten_connections(relay: Relay) -> None:
    async with a_database(relay, pool_size=3) as database:
        store = PostgresVersionRepository(database)
        await _fill_the_pool(database)
        relay.forget()
        async with asyncio.timeout(30):
            await asyncio.gather(*(store.ping() for _ in range(12)))


async def test_a_write_over_a_forgotten_connection_happens_once_or_is_not_acknowledged(
    relay: Relay, server: Cluster
) -> None:
    version = a_version("2.0.0")
    async with a_database(relay, command_timeout=3) as database:
        store = PostgresVersionRepository(database)

        def decide(stored: VersionSnapshot) -> Decided:
            relay.forget()  # between the look and the write
            return writing(version)(stored)

        with pytest.raises(StoreUnavailableError):
            await store.update(version.name, version.version, decide)
        assert await store.find(version.name, version.version) in (None, version)
    assert fetch(server.dsn, "SELECT count(*) FROM provider_versions WHERE version = '2.0.0'")[0][0] <= 1


async def test_a_read_of_a_database_that_is_silent_for_good_is_refused_after_one_repetition(relay: Relay) -> None:
    async with a_database(relay, connect_timeout=1) as database:
        store = PostgresVersionRepository(database)
        await store.ping()
        relay.hold()
        with pytest.raises(StoreUnavailableError):
            await store.ping()
    assert relay.accepted <= 3


@pytest.mark.parametrize("limit", ["max_idle", "max_age"])
async def test_a_connection_beyond_its_limit_is_not_used_again(relay: Relay, server: Cluster, limit: str) -> None:
    async with a_database(relay, **{limit: 0.0}) as database:
        assert await database.read(_PID) != await database.read(_PID)
    assert relay.accepted <= 3  # SQLAlchemy takes a connection that is new for older than 0 s
