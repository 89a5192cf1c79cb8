"""The contract of a feed of changes, kept by every adapter."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from structlog.testing import capture_logs

from adapters.memory.change_feed import InMemoryChangeFeed
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres import change_feed
from adapters.postgres.change_feed import CHANNEL, PostgresChangeFeed
from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from domain.names import ProviderName
from entrypoints.changes import ChangeFeed
from provider_registry_testing.writes import VersionStore
from tests.builders import NOW, a_name, a_version, some_metadata
from tests.support.postgres import cut_connections, database_of, execute, fetch
from tests.support.stores import put, writing

PATIENCE = 30


class Told:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.news = asyncio.Event()

    def on_connected(self) -> None:
        self.write("on_connected")

    def on_change(self, name: ProviderName) -> None:
        self.write(name.canonical)

    def on_disconnected(self) -> None:
        self.write("on_disconnected")

    def write(self, line: str) -> None:
        self.lines.append(line)
        self.news.set()

    async def wait_for(self, condition: Callable[[list[str]], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition(self.lines):
                self.news.clear()
                await self.news.wait()

    async def wait_until_trusting(self) -> None:
        await self.wait_for(lambda lines: "on_connected" in lines)


Followed = tuple[VersionStore, ChangeFeed]


@pytest.fixture(params=["memory", "postgres"])
def followed(request: pytest.FixtureRequest) -> Followed:
    if request.param == "memory":
        memory = InMemoryVersionRepository()
        return memory, InMemoryChangeFeed(memory)
    database: Database = request.getfixturevalue("database")
    return PostgresVersionRepository(database), PostgresChangeFeed(database)


async def test_what_is_written_here_is_notified_by_the_time_the_write_returns(followed: Followed) -> None:
    store, feed = followed
    told = Told()
    async with feed.subscribe(told):
        await told.wait_until_trusting()
        for change in (a_version(), a_version().yank("broken", at=NOW)):
            told.lines.clear()
            await put(store, change)
            assert told.lines[0] == "platform/gcp"
        told.lines.clear()
        await store.update(a_name(), a_version().version, writing(metadata=some_metadata(), at=NOW))
        assert told.lines[0] == "platform/gcp"


async def test_a_decision_to_write_nothing_and_a_read_are_no_changes(followed: Followed) -> None:
    store, feed = followed
    told = Told()
    await put(store, a_version())
    async with feed.subscribe(told):
        await told.wait_until_trusting()
        told.lines.clear()
        await store.update(a_name(), a_version().version, writing())
        await store.find(a_name(), a_version().version)
        assert told.lines == []


async def test_trust_begins_within_the_context_and_ends_with_it(followed: Followed) -> None:
    store, feed = followed
    told = Told()
    async with feed.subscribe(told):
        await told.wait_until_trusting()
    assert told.lines[-1] == "on_disconnected"
    told.lines.clear()
    await put(store, a_version())
    assert told.lines == []


async def test_a_server_that_takes_no_writes_for_a_while_is_listened_to_once_it_does(database_dsn: str) -> None:
    """As in a failover, when every host that answers is a standby."""
    database, told = (
        Database(f"{database_dsn}{'&' if '?' in database_dsn else '?'}target_session_attrs=read-write"),
        Told(),
    )
    name = database_of(database_dsn)
    try:
        async with PostgresChangeFeed(database).subscribe(told):
            await told.wait_until_trusting()
            execute(database_dsn, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
            told.lines.clear()
            with capture_logs() as logs:
                cut_connections(database_dsn)
                await told.wait_for(lambda lines: lines.count("on_disconnected") > 2)
            execute(database_dsn, "SET default_transaction_read_only = off", f'ALTER DATABASE "{name}" RESET ALL')
            await told.wait_until_trusting()
    finally:
        execute(database_dsn, "SET default_transaction_read_only = off", f'ALTER DATABASE "{name}" RESET ALL')
        await database.dispose()

    assert "TargetServerAttributeNotMatched" in {line["fault"] for line in logs}


async def test_an_outage_acted_out_in_memory_is_distrusted_until_it_is_over() -> None:
    store, told = InMemoryVersionRepository(), Told()
    async with InMemoryChangeFeed(store).subscribe(told):
        store.unavailable = True
        store.unavailable = False
        assert told.lines == ["on_connected", "on_disconnected", "on_connected"]


@pytest.fixture
async def elsewhere(database_dsn: str) -> AsyncIterator[Database]:
    """Another process's pool."""
    database = Database(database_dsn)
    yield database
    await database.dispose()


async def test_what_another_process_writes_is_notified(database: Database, elsewhere: Database) -> None:
    told = Told()
    async with PostgresChangeFeed(database).subscribe(told):
        await told.wait_until_trusting()
        await put(PostgresVersionRepository(elsewhere), a_version(name="acme/gcp"))
        await told.wait_for(lambda lines: "acme/gcp" in lines)


async def test_what_another_process_left_for_after_its_commit_is_notified(
    database: Database, elsewhere: Database, database_dsn: str
) -> None:
    """Also if that process died between its commit and the notification."""
    told = Told()
    async with PostgresChangeFeed(database).subscribe(told):
        await told.wait_until_trusting()
        await put(PostgresVersionRepository(elsewhere, notify_later=True), a_version(name="acme/gcp"))
        await told.wait_for(lambda lines: "acme/gcp" in lines)
    assert await asyncio.to_thread(fetch, database_dsn, "SELECT provider FROM change_notifications") == []


async def test_a_writer_that_notifies_later_notifies_others_at_once(
    database: Database, elsewhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = Told(), Told()
    async with PostgresChangeFeed(database).subscribe(mine), PostgresChangeFeed(elsewhere).subscribe(other):
        await mine.wait_until_trusting()
        await other.wait_until_trusting()
        monkeypatch.setattr(change_feed, "_HEARTBEAT", 2 * PATIENCE)
        await put(PostgresVersionRepository(database, notify_later=True), a_version(name="acme/gcp"))
        await put(PostgresVersionRepository(database, notify_later=True), a_version(name="acme/aws"))
        await other.wait_for(lambda lines: {"acme/gcp", "acme/aws"} <= set(lines))


async def test_a_writer_that_notifies_later_leaves_the_notification_in_its_transaction(
    database: Database, database_dsn: str
) -> None:
    await put(PostgresVersionRepository(database, notify_later=True), a_version(name="acme/gcp"))
    left = await asyncio.to_thread(fetch, database_dsn, "SELECT DISTINCT provider FROM change_notifications")
    assert [row[0] for row in left] == ["acme/gcp"]
    await asyncio.to_thread(execute, database_dsn, "UPDATE providers SET updated_at = now()")
    assert await asyncio.to_thread(fetch, database_dsn, "SELECT DISTINCT provider FROM change_notifications") == left


async def test_what_is_written_with_sql_by_hand_is_notified(database: Database, database_dsn: str) -> None:
    told = Told()
    await put(PostgresVersionRepository(database), a_version())
    async with PostgresChangeFeed(database).subscribe(told):
        await told.wait_until_trusting()
        for table in ("providers", "provider_versions"):
            told.lines.clear()
            await asyncio.to_thread(execute, database_dsn, f"UPDATE {table} SET updated_at = now()")
            await told.wait_for(lambda lines: "platform/gcp" in lines)


async def test_a_connection_that_is_seen_to_end_is_distrusted_without_waiting_for_a_proof(
    database: Database, database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_feed, "_HEARTBEAT", 2 * PATIENCE)
    told = Told()
    async with PostgresChangeFeed(database).subscribe(told):
        await told.wait_until_trusting()
        await asyncio.to_thread(cut_connections, database_dsn)
        await told.wait_for(lambda lines: lines[-1] == "on_disconnected")


async def test_a_lost_connection_is_distrusted_until_there_is_a_new_one(database: Database, database_dsn: str) -> None:
    told = Told()
    async with PostgresChangeFeed(database).subscribe(told):
        await told.wait_until_trusting()
        told.lines.clear()
        await asyncio.to_thread(cut_connections, database_dsn)
        await told.wait_for(lambda lines: "on_connected" in lines)
        assert told.lines.index("on_disconnected") < told.lines.index("on_connected")


async def test_a_database_out_of_reach_is_never_trusted_and_raises_nothing() -> None:
    database, told = Database("postgresql://registry@127.0.0.1:1/registry"), Told()
    async with PostgresChangeFeed(database).subscribe(told):
        await told.wait_for(lambda lines: "on_disconnected" in lines)
    assert "on_connected" not in told.lines
    await database.dispose()


async def test_words_on_the_channel_that_name_no_provider_concern_nobody(database: Database, database_dsn: str) -> None:
    told = Told()
    async with PostgresChangeFeed(database).subscribe(told):
        await told.wait_until_trusting()
        notify = [f"NOTIFY {CHANNEL}, '{words}'" for words in ("", "nonsense", "a/b/c", "UPPER/x", "acme/last")]
        await asyncio.to_thread(execute, database_dsn, *notify)
        await told.wait_for(lambda lines: "acme/last" in lines)
    assert [line for line in told.lines if line != "on_disconnected"] == ["on_connected", "acme/last"]
