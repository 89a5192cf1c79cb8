"""What was registered before the log was opened, appended in parts."""

import asyncio
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from provider_registry_testing.logs import ORIGIN, append_to, events_in
from tests.builders import NOW, a_version, some_metadata
from tests.support.postgres import execute, fetch
from tests.support.stores import put, writing
from tests.support.transparency_log import PostgresLog
from tests.support.waiting import wait_until

OPENING = "01938a6e-1c00-7000-8000-000000000001"
BY_HAND = "SET session_replication_role = replica"
OF_THE_LOG = "log_state, log_pending, log_entries, log_salts, log_tiles, log_checkpoints, log_cosignatures"
KEPT = ("writer-0", "writer-1")
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def _register(database: Database, *names: str) -> None:
    store = PostgresVersionRepository(database)
    for name in names:
        for number in range(3):
            version = a_version(f"1.{number}.0", name=f"acme/{name}")
            await store.update(version.name, version.version, writing(version, some_metadata(display_name=name)))
            await put(store, version.yank("broken", at=NOW))


async def _forget_events(dsn: str, *names: str) -> None:
    """Leave of these providers what a release wrote that had no histories."""
    those = ", ".join(f"'{name}'" for name in names)
    await asyncio.to_thread(
        execute,
        dsn,
        BY_HAND,
        f"DELETE FROM provider_events WHERE name IN ({those})",
        f"DELETE FROM version_events WHERE version_id IN (SELECT id FROM provider_versions WHERE name IN ({those}))",
    )


async def _logged(log: PostgresLog, limit: int) -> tuple[list[int], list[dict[str, Any]]]:
    """Return how many events each part had, and the log's events without what is random."""
    await log.open(ORIGIN, event_id=OPENING, at=NOW)
    parts = list[int]()
    while added := await log.backfill(limit=limit):
        assert await append_to(log) == 0  # nothing before all is there
        parts.append(added)
    await append_to(log)
    events = await events_in(log)
    for event in events:
        event["data"].pop("reason_sha256", None)
        if "writer" in event["subject"]:
            del event["id"]
    return parts, events


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_history_that_becomes_pending_in_parts_makes_the_log_that_it_makes_at_once(
    database: Database, database_dsn: str, limit: int
) -> None:
    await _register(database, *KEPT, "gcp", "aws")
    await _forget_events(database_dsn, *KEPT)

    _, expected = await _logged(PostgresLog(database), limit=10_000)
    await asyncio.to_thread(execute, database_dsn, BY_HAND, f"TRUNCATE {OF_THE_LOG}")
    await _forget_events(database_dsn, *KEPT)
    parts, events = await _logged(PostgresLog(database), limit=limit)

    assert events == expected
    assert len(events) == 1 + 4 + 4 * 3 * 2
    assert (sum(parts), max(parts)) == (len(events), limit)
    subjects = [event["subject"] for event in events if event["type"].endswith("yanked.v1")]
    assert subjects == [f"acme/{name}@1.{number}.0" for name in (*KEPT, "gcp", "aws") for number in range(3)]


async def test_processes_that_open_one_log_at_once_add_nothing_twice(database: Database) -> None:
    await _register(database, "gcp", "aws", *KEPT)
    logs = [PostgresLog(database) for _ in range(3)]

    async def open_log(log: PostgresLog) -> int:
        await log.open(ORIGIN, event_id=OPENING, at=NOW)
        added = 0
        while batch := await log.backfill(limit=3):
            added += batch
        return added

    assert sum(await asyncio.gather(*map(open_log, logs))) == 1 + 4 + 4 * 3 * 2
    assert await append_to(logs[0]) == 1 + 4 + 4 * 3 * 2


async def test_what_is_shown_of_a_provider_last_is_its_last_entry(database: Database, database_dsn: str) -> None:
    log = PostgresLog(database)
    await _register(database, "gcp")
    await _forget_events(database_dsn, "gcp")
    await log.open(ORIGIN, event_id=OPENING, at=NOW)
    assert await log.backfill(limit=1) == 1
    writer = await asyncpg.connect(database_dsn)
    change = writer.transaction()
    await change.start()
    await writer.execute("""
        WITH shown AS (UPDATE providers SET display_name = 'Newer' RETURNING *)
        INSERT INTO provider_events (id, prefix, name, display_name, description, icon_url, tags, at)
        SELECT gen_random_uuid(), prefix, name, display_name, description, icon_url, tags, now() FROM shown
    """)

    backfilling = asyncio.create_task(log.backfill(limit=1))
    await asyncio.to_thread(wait_until, lambda: fetch(database_dsn, WAITING)[0][0] or backfilling.done())
    await change.commit()
    await writer.close()
    await backfilling
    while await log.backfill(limit=10):
        pass
    await append_to(log)

    shown = [event["data"]["display_name"] for event in await events_in(log) if "metadata" in event["type"]]
    assert shown[-1] == "Newer"
