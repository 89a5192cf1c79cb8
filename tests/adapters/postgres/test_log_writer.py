"""The transparency log in PostgreSQL: races, what was there before, and what no statement may change."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import EventNotLoggableError
from domain.log.merkle import leaf_hash
from domain.log.tiles import RightEdge
from domain.semver import SemVer
from provider_registry_testing.logs import append_to, events_in, open_log
from tests.builders import NOW, a_building_version, a_name, a_version, some_metadata
from tests.support.postgres import execute, fetch
from tests.support.stores import put, writing
from tests.support.transparency_log import PostgresLog

BY_HAND = "SET session_replication_role = replica"
WRITERS, VERSIONS = 8, 3


@pytest.fixture
async def elsewhere(database_dsn: str) -> AsyncIterator[Database]:
    """Another process's pool."""
    made = Database(database_dsn)
    yield made
    await made.dispose()


async def test_racing_writers_and_sequencers_lose_double_and_swap_nothing(
    database: Database, elsewhere: Database
) -> None:
    logs = [PostgresLog(database), PostgresLog(elsewhere)]
    await open_log(logs[0])
    seen = list[int]()
    is_over = asyncio.Event()

    async def write(number: int) -> None:
        store = PostgresVersionRepository(database if number % 2 else elsewhere, notify_later=number % 3 == 0)
        for minor in range(VERSIONS):
            version = a_version(f"1.{minor}.0", name=f"acme/writer-{number}")
            await put(store, version, version.yank("broken", at=NOW))

    async def sequence(log: PostgresLog) -> None:
        while not is_over.is_set():
            await append_to(log)
            await asyncio.sleep(0)

    async def follow(log: PostgresLog) -> None:
        while not is_over.is_set() or await log.list_changes(len(seen), 2**40, limit=1, max_bytes=2**20):
            seen.extend(each.index for each in await log.list_changes(len(seen), 2**40, limit=10, max_bytes=2**20))
            await asyncio.sleep(0)

    others = [asyncio.create_task(work) for work in (*map(sequence, logs), follow(logs[0]))]
    await asyncio.gather(*map(write, range(WRITERS)))
    while (state := await logs[0].state()) is None or state.pending:
        await append_to(logs[0])  # nothing, while the other one is at it
    is_over.set()
    await asyncio.gather(*others)

    expected = 1 + WRITERS * VERSIONS * 2
    assert seen == list(range(expected))
    steps = defaultdict[str, list[str]](list)
    for event in await events_in(logs[0]):
        steps[event["data"].get("name", "")].append(f"{event['subject']} {event['type']}")
    for number in range(WRITERS):
        of_writer = [
            f"acme/writer-{number}@1.{minor}.0 org.provider-registry.version.{action}.v1"
            for minor in range(VERSIONS)
            for action in ("published", "yanked")
        ]
        assert steps[f"writer-{number}"] == of_writer
    edge = RightEdge()
    edge.append([leaf_hash(leaf) for leaf in await logs[0].list_entries(0, expected)])
    assert (await logs[0].find_checkpoint() or b"").split(b"\n")[1] == str(edge.size).encode()


@pytest.mark.hostile
async def test_an_event_that_was_written_by_hand_holds_up_no_other(database: Database, database_dsn: str) -> None:
    store, log = PostgresVersionRepository(database), PostgresLog(database)
    await open_log(log)
    await put(store, a_building_version("9.0.0"))
    unbuilt = """
        INSERT INTO version_events (id, version_id, action, at, actor)
        SELECT gen_random_uuid(), id, 'published', now(), 'somebody' FROM provider_versions WHERE version = '9.0.0'
    """
    await asyncio.to_thread(execute, database_dsn, unbuilt)
    await put(store, a_version())

    with pytest.raises(EventNotLoggableError, match=r"9\.0\.0 has no wheel"):
        await append_to(log)

    subjects = [event["subject"] for event in await events_in(log)]
    assert subjects[1:] == ["platform/gcp@1.0.0"]
    state = await log.state()
    assert state is not None
    assert state.pending == 1


async def test_versions_from_before_histories_are_appended(database: Database, database_dsn: str) -> None:
    store, log = PostgresVersionRepository(database), PostgresLog(database)
    version = a_version()
    await store.update(version.name, version.version, writing(version, some_metadata()))
    await put(store, version.yank("broken", at=NOW))
    for table in ("version_events", "provider_events"):
        await asyncio.to_thread(execute, database_dsn, BY_HAND, f"DELETE FROM {table}")

    await open_log(log)
    await append_to(log)

    events = await events_in(log)
    kinds = [event["type"].removeprefix("org.provider-registry.") for event in events]
    assert sorted(kinds) == sorted(
        ["log.opened.v1", "provider.metadata.v1", "version.published.v1", "version.yanked.v1"]
    )
    assert kinds.index("version.published.v1") < kinds.index("version.yanked.v1")
    assert [event["data"].get("backfilled") for event in events] == [None, True, True, True]
    by_type = {event["type"].split(".")[3]: event["data"] for event in events}
    assert (by_type["published"]["actor"], by_type["yanked"]["actor"]) == (version.registered_by, None)
    assert len(by_type["yanked"]["reason_sha256"]) == 64


async def test_an_event_that_another_release_or_a_hand_wrote_is_appended(database: Database, database_dsn: str) -> None:
    log = PostgresLog(database)
    await put(PostgresVersionRepository(database), a_version())
    await open_log(log)
    await append_to(log)

    await asyncio.to_thread(
        execute,
        database_dsn,
        "INSERT INTO version_events (id, version_id, action, at, actor, reason) "
        "SELECT gen_random_uuid(), id, 'yanked', now(), 'by hand', 'broken' FROM provider_versions",
    )

    assert await append_to(log) == 1
    assert (await events_in(log))[-1]["data"]["actor"] == "by hand"


async def test_large_schemas_are_appended_a_few_at_a_time(database: Database, database_dsn: str) -> None:
    log = PostgresLog(database)
    await open_log(log)
    await put(PostgresVersionRepository(database), *(a_version(f"1.{minor}.0") for minor in range(4)))
    large = "'{\"description\":\"' || repeat('x', 7000000) || '\"}'"
    await asyncio.to_thread(execute, database_dsn, f"UPDATE provider_versions SET config_schema = {large}")

    assert await append_to(log) == 5

    sizes = await asyncio.to_thread(fetch, database_dsn, "SELECT size FROM log_checkpoints ORDER BY size")
    assert [size for (size,) in sizes] == [3, 5]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entries SET leaf = 'x'",
        "DELETE FROM log_entries",
        "TRUNCATE log_entries",
        "UPDATE log_checkpoints SET note = 'x'",
        "DELETE FROM log_checkpoints",
        "UPDATE provider_events SET actor = 'x'",
        "UPDATE log_tiles SET hashes = repeat('x', 64)::bytea",
        "UPDATE log_tiles SET hashes = substring(hashes FROM 1 FOR 32)",
        "UPDATE log_tiles SET index = index + 1",
        "DELETE FROM log_tiles",
    ],
)
async def test_what_was_appended_is_not_changed_by_mistake(
    database: Database, database_dsn: str, statement: str
) -> None:
    store, log = PostgresVersionRepository(database), PostgresLog(database)
    await open_log(log)
    await store.update(a_name(), SemVer.parse("1.0.0"), writing(a_version(), some_metadata()))
    await append_to(log)

    with pytest.raises(asyncpg.RestrictViolationError):
        await asyncio.to_thread(execute, database_dsn, statement)

    assert len(json.dumps(await events_in(log))) > 0


async def test_only_what_was_appended_leaves_the_queue(database: Database, database_dsn: str) -> None:
    log = PostgresLog(database)
    await open_log(log)
    await put(PostgresVersionRepository(database), a_version())

    every = "SELECT remove_pending((SELECT array_agg(position) FROM log_pending))"
    await asyncio.to_thread(execute, database_dsn, every)

    assert await append_to(log) == 2
