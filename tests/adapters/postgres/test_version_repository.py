"""What only a real database can do wrong."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.engine import ConnectionOptions, Database
from adapters.postgres.schema import upgrade
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreUnavailableError
from domain.errors import IllegalTransitionError, InvalidTextError, WheelProblem, WheelRefusedError
from domain.history import LifecycleAction, LifecycleEvent
from domain.semver import SemVer
from domain.version_state import VersionSnapshot
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.metadata import ProjectLink, ProjectMetadata, Readme
from tests.builders import NOW, a_building_version, a_name, a_proven_wheel, a_version
from tests.support.postgres import cut_connections, database_of, empty, execute, fetch
from tests.support.postgres_sessions import wait_until_somebody_waits
from tests.support.stores import EVERY_METHOD, Decided, numbers, put, writing

ONE = SemVer.parse("1.0.0")
_GONE = WheelRefusedError(WheelProblem.NOT_FOUND, "gone")
every_method = pytest.mark.parametrize("method", EVERY_METHOD)


@asynccontextmanager
async def a_store(dsn: str, **options: Any) -> AsyncIterator[PostgresVersionRepository]:
    database = Database(dsn, ConnectionOptions(**options))
    try:
        yield PostgresVersionRepository(database)
    finally:
        await database.dispose()


@every_method
@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://registry:hidden@127.0.0.1:1/registry",
        "postgresql://127.0.0.1:1,127.0.0.1:2/registry?target_session_attrs=read-write",
        "postgresql://registry@/registry?host=/nonexistent",
    ],
    ids=["refused", "all hosts refused", "no socket"],
)
async def test_an_unreachable_server_is_a_store_out_of_service(dsn: str, method: str) -> None:
    with capture_logs() as logs:
        async with a_store(dsn) as store:
            with pytest.raises(StoreUnavailableError):
                await EVERY_METHOD[method](store)
    assert "hidden" not in str(logs)
    assert [line["event"] for line in logs] == ["database_failed"]


async def test_a_server_that_never_answers_is_a_store_out_of_service() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        async with a_store(f"postgresql://registry@127.0.0.1:{port}/registry", connect_timeout=0.05) as store:
            with pytest.raises(StoreUnavailableError):
                await store.find(a_name(), ONE)


async def test_a_host_that_never_answers_does_not_hide_the_next(database_dsn: str) -> None:
    parts = urlsplit(database_dsn)
    query = dict(parse_qsl(parts.query))
    user, _, host = parts.netloc.rpartition("@")
    taken_over = f"{quote(query['host'], safe='')}:{query['port']}" if "host" in query else host
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = f"127.0.0.1:1,127.0.0.1:{silent.getsockname()[1]},{taken_over}"
        dsn = f"postgresql://{user}@{hosts}{parts.path}?target_session_attrs=read-write"
        async with a_store(dsn, connect_timeout=0.5, pool_timeout=0.1) as store:  # connecting is not waiting
            await store.ping()


@every_method
async def test_a_database_without_tables_asks_for_the_upgrade(empty_database_dsn: str, method: str) -> None:
    async with a_store(empty_database_dsn) as store:
        with pytest.raises(StoreUnavailableError, match="provider-registry database upgrade"):
            await EVERY_METHOD[method](store)


async def test_a_database_that_a_newer_release_migrated_serves_on(fresh_database_dsn: str) -> None:
    execute(fresh_database_dsn, "UPDATE alembic_versions SET version_num = 'newer'")
    async with a_store(fresh_database_dsn) as store:
        await store.ping()


async def test_a_database_at_an_older_revision_asks_for_the_upgrade(fresh_database_dsn: str) -> None:
    execute(fresh_database_dsn, "UPDATE alembic_versions SET version_num = '0001'")
    async with a_store(fresh_database_dsn) as store:
        with pytest.raises(StoreUnavailableError, match="provider-registry database upgrade"):
            await store.ping()


@every_method
async def test_a_stuck_statement_is_a_store_out_of_service(database_dsn: str, method: str) -> None:
    holder = await asyncpg.connect(database_dsn)
    try:
        async with holder.transaction(), a_store(database_dsn, command_timeout=0.1) as store:
            await holder.execute("LOCK TABLE providers, provider_versions, alembic_versions")
            with pytest.raises(StoreUnavailableError):
                await EVERY_METHOD[method](store)
    finally:
        await holder.close()


async def test_an_exhausted_pool_is_a_store_out_of_service(database_dsn: str) -> None:
    database = Database(database_dsn, ConnectionOptions(pool_size=1, pool_timeout=0.05))
    store = PostgresVersionRepository(database)
    async with database.transaction():
        with pytest.raises(StoreUnavailableError):
            await store.find(a_name(), ONE)
    assert await store.find(a_name(), ONE) is None
    await database.dispose()


async def test_a_server_that_is_not_the_kind_asked_for_is_a_store_out_of_service(database_dsn: str) -> None:
    joined = "&" if urlsplit(database_dsn).query else "?"
    async with a_store(f"{database_dsn}{joined}target_session_attrs=standby") as store:
        with pytest.raises(StoreUnavailableError):
            await store.ping()


async def test_a_server_that_turned_read_only_is_left_for_another(fresh_database_dsn: str) -> None:
    async with a_store(fresh_database_dsn, pool_size=1) as store:
        execute(
            fresh_database_dsn,
            f'ALTER DATABASE "{database_of(fresh_database_dsn)}" SET default_transaction_read_only = on',
        )
        with pytest.raises(StoreUnavailableError):
            await put(store, a_version("1.0.0"))
        execute(
            fresh_database_dsn,
            "SET default_transaction_read_only = off",
            f'ALTER DATABASE "{database_of(fresh_database_dsn)}" RESET default_transaction_read_only',
        )
        await put(store, a_version("1.0.0"))
        assert await store.find(a_name(), ONE) == a_version("1.0.0")


@every_method
async def test_connections_that_were_cut_are_replaced_unnoticed(database_dsn: str, method: str) -> None:
    async with a_store(database_dsn, pool_size=3) as store:
        await asyncio.gather(*(store.find(a_name(), ONE) for _ in range(3)))
        cut_connections(database_dsn)
        await EVERY_METHOD[method](store)


async def test_a_restarted_server_is_found_again(server_folder: Path) -> None:
    server = EmbeddedPostgres(server_folder)
    with server:
        upgrade(server.dsn)
        async with a_store(server.dsn, pool_size=2) as store:
            await put(store, a_version("1.0.0"))
            server.stop()
            for method in EVERY_METHOD.values():
                with pytest.raises(StoreUnavailableError):
                    await method(store)
            server.start()
            await store.ping()
            assert await store.find(a_name(), ONE) == a_version("1.0.0")


async def test_a_decision_is_made_again_when_another_writer_came_first(
    database_dsn: str, postgres_store: PostgresVersionRepository
) -> None:
    decided = asyncio.Event()
    seen: list[VersionSnapshot] = []

    def decide(stored: VersionSnapshot) -> Decided:
        seen.append(stored)
        decided.set()
        return writing(a_version("1.0.0"))(stored) if stored.provider is None else writing()(stored)

    other = await asyncpg.connect(database_dsn)
    try:
        async with other.transaction():
            await other.execute(
                "INSERT INTO providers VALUES ('platform', 'gcp', NULL, NULL, NULL, NULL, now(), now())"
            )
            update = asyncio.create_task(postgres_store.update(a_name(), ONE, decide))
            await decided.wait()
        after = await update
    finally:
        await other.close()
    assert [stored.provider is None for stored in seen] == [True, False]
    assert after.version is None
    assert fetch(database_dsn, "SELECT count(*) FROM provider_versions") == [(0,)]


@pytest.mark.parametrize(("end", "decisions"), [("COMMIT", 2), ("ROLLBACK", 1)])
@pytest.mark.parametrize("before", [[], [a_building_version("1.0.0").fail(_GONE, at=NOW)]], ids=["new", "failed"])
async def test_who_waited_for_another_writer_decides_again_only_if_that_one_has_written(
    database_dsn: str,
    postgres_store: PostgresVersionRepository,
    before: list[ProviderVersion],
    end: str,
    decisions: int,
) -> None:
    await put(postgres_store, a_version("0.9.0"), *before)
    decided: list[VersionSnapshot] = []

    def decide(stored: VersionSnapshot) -> Decided:
        decided.append(stored)
        return writing(a_version("1.0.0"))(stored)

    other = await asyncpg.connect(database_dsn)
    try:
        await other.execute("BEGIN; UPDATE providers SET updated_at = updated_at")
        update = asyncio.create_task(postgres_store.update(a_name(), ONE, decide))
        await asyncio.to_thread(wait_until_somebody_waits, database_dsn)
        await other.execute(end)
        after = await update
    finally:
        await other.close()
    assert len(decided) == decisions
    assert await postgres_store.load(a_name(), ONE) == after
    assert numbers(await postgres_store.list_versions(a_name())) == ["1.0.0", "0.9.0"]


async def test_a_race_that_is_never_won_ends_as_a_store_out_of_service(fresh_database_dsn: str) -> None:
    execute(
        fresh_database_dsn,
        "CREATE FUNCTION lose() RETURNS trigger AS "
        "$$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = 'serialization_failure'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER lose BEFORE INSERT ON providers FOR EACH ROW EXECUTE FUNCTION lose()",
    )
    decisions = 0

    def decide(stored: VersionSnapshot) -> Decided:
        nonlocal decisions
        decisions += 1
        return writing(a_version("1.0.0"))(stored)

    async with a_store(fresh_database_dsn) as store:
        with pytest.raises(StoreUnavailableError):
            await store.update(a_name(), ONE, decide)
    assert 1 < decisions < 10


_VANISH_ONCE = """
    CREATE SEQUENCE times;
    CREATE FUNCTION vanish() RETURNS trigger AS $$ BEGIN
        IF nextval('times') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
        RETURN NEW;
    END $$ LANGUAGE plpgsql
"""
_WRITING = "CREATE TRIGGER vanish BEFORE INSERT ON provider_versions"
_COMMITTING = "CREATE CONSTRAINT TRIGGER vanish AFTER INSERT ON provider_versions DEFERRABLE INITIALLY DEFERRED"


@pytest.mark.parametrize(
    ("trigger", "raced", "decisions"),
    [(_WRITING, False, 1), (_COMMITTING, False, 1), (_WRITING, True, 3), (_COMMITTING, True, 2)],
    ids=["writing", "committing", "writing under lock", "committing under lock"],
)
async def test_an_update_whose_connection_is_lost_starts_over_unless_it_may_have_happened(
    fresh_database_dsn: str, trigger: str, *, raced: bool, decisions: int
) -> None:
    decided: list[VersionSnapshot] = []

    def decide(stored: VersionSnapshot) -> Decided:
        decided.append(stored)
        return writing(a_version("1.0.0"))(stored)

    async with a_store(fresh_database_dsn) as store:
        await put(store, a_version("0.8.0"))
        seen = await store.load(a_name(), ONE)
        if raced:
            await put(store, a_version("0.9.0"))
        execute(fresh_database_dsn, _VANISH_ONCE, f"{trigger} FOR EACH ROW EXECUTE FUNCTION vanish()")
        with nullcontext() if raced and trigger == _WRITING else pytest.raises(StoreUnavailableError):
            await store.update(a_name(), ONE, decide, seen=seen)
        assert len(decided) == decisions
        await put(store, a_version("1.0.0"))


async def test_a_version_that_is_written_again_is_stored_like_one_that_is_written_once(
    database_dsn: str, postgres_store: PostgresVersionRepository
) -> None:
    wheel = replace(a_proven_wheel(), readme=Readme("# Read me", "text/markdown"), summary="One line")
    version = replace(a_version("1.0.0", changelog="All is new"), wheel=wheel)
    columns = "SELECT to_jsonb(v) - 'id' FROM provider_versions v"
    await put(postgres_store, version)
    once = fetch(database_dsn, columns)
    empty(database_dsn)
    failed = a_building_version("1.0.0").fail(_GONE, at=NOW)
    await put(postgres_store, failed, version)
    assert fetch(database_dsn, columns) == once


async def test_what_a_wheel_says_of_its_project_is_kept_and_left_out_of_lists(
    postgres_store: PostgresVersionRepository,
) -> None:
    project = ProjectMetadata(
        license="MIT", author="Ada", links=(ProjectLink("Source", "https://git.example.com"),), dependencies=("httpx",)
    )
    await put(postgres_store, replace(a_version("1.0.0"), wheel=replace(a_proven_wheel(), project=project)))
    found = await postgres_store.find(a_name(), SemVer.parse("1.0.0"))
    [listed] = await postgres_store.list_versions(a_name())
    assert [each and each.wheel and each.wheel.project for each in (found, listed)] == [project, None]


@pytest.mark.parametrize(
    "version",
    [
        replace(a_version("1.0.0"), wheel=None),
        replace(a_version("1.0.0"), published_at=None),
        replace(a_version("1.0.0"), status=VersionStatus.YANKED),
        replace(a_version("1.0.0"), status=VersionStatus.FAILED),
        replace(a_building_version("1.0.0"), error_message="but not failed"),
    ],
    ids=["published without wheel", "published never", "yanked never", "failed silently", "failed not"],
)
async def test_the_database_refuses_rows_that_no_lifecycle_makes(
    database_dsn: str, postgres_store: PostgresVersionRepository, version: Any
) -> None:
    with pytest.raises(IllegalTransitionError):
        await postgres_store.update(version.name, version.version, writing(version))
    assert fetch(database_dsn, "SELECT count(*) FROM providers") == [(0,)]


@pytest.mark.parametrize("text", ["half a pair \ud83d", "nul \x00"])
async def test_a_text_that_cannot_be_stored_is_refused(postgres_store: PostgresVersionRepository, text: str) -> None:
    version = replace(a_version("1.0.0"), runtime_version=text)
    with pytest.raises(InvalidTextError):
        await postgres_store.update(version.name, version.version, writing(version))


async def test_a_store_works_without_prepared_statements(database_dsn: str) -> None:
    async with a_store(database_dsn, prepared_statements=False) as store:
        await put(store, a_version("1.0.0"), a_version("2.0.0"))
        assert [found.version.text for found in await store.list_versions(a_name())] == ["2.0.0", "1.0.0"]
        await store.ping()


@pytest.mark.parametrize("allowed", [True, False])
async def test_statements_stay_prepared_only_where_that_is_allowed(database_dsn: str, *, allowed: bool) -> None:
    database = Database(database_dsn, ConnectionOptions(pool_size=1, prepared_statements=allowed))
    for method in EVERY_METHOD.values():
        await method(PostgresVersionRepository(database))
    counting = "SELECT count(*) FROM pg_prepared_statements WHERE from_sql = false"
    [row] = await database.read(text(counting))
    counted = row["count"]
    assert (counted > 1) is allowed
    await database.dispose()


@pytest.mark.parametrize("change", ["UPDATE origin_events SET verdict = 'intact'", "DELETE FROM origin_events"])
async def test_the_database_lets_nobody_rewrite_what_was_found_of_a_wheel(
    database_dsn: str, postgres_store: PostgresVersionRepository, change: str
) -> None:
    await put(postgres_store, a_version("1.0.0"))
    execute(
        database_dsn,
        "INSERT INTO origin_events (id, version_id, after_position, verdict, at, since) "
        "SELECT gen_random_uuid(), id, 0, 'drifted', now(), now() FROM provider_versions",
    )
    with pytest.raises(asyncpg.RestrictViolationError, match="only ever added to"):
        execute(database_dsn, change)


async def test_keys_are_time_ordered_uuids(database_dsn: str, postgres_store: PostgresVersionRepository) -> None:
    await put(postgres_store, a_version("2.0.0"), a_version("1.0.0"))
    keys = fetch(database_dsn, "SELECT id, version FROM provider_versions ORDER BY id")
    assert [(key.version, version) for key, version in keys] == [(7, "2.0.0"), (7, "1.0.0")]


@pytest.mark.parametrize(
    "change", ["UPDATE version_events SET reason = 'other'", "DELETE FROM version_events", "TRUNCATE version_events"]
)
async def test_the_database_lets_nobody_rewrite_a_history(
    database_dsn: str, postgres_store: PostgresVersionRepository, change: str
) -> None:
    event = LifecycleEvent(action=LifecycleAction.PUBLISHED, at=NOW, actor="mch_release")
    await postgres_store.update(a_name(), ONE, writing(a_version("1.0.0"), event=event))
    with pytest.raises(asyncpg.RestrictViolationError, match="only ever added to"):
        execute(database_dsn, change)
    assert await postgres_store.history(a_name(), ONE) == [event]


async def test_an_event_that_cannot_be_kept_takes_its_version_with_it(
    postgres_store: PostgresVersionRepository,
) -> None:
    event = LifecycleEvent(action=LifecycleAction.PUBLISHED, at=NOW, actor="nul \x00")
    with pytest.raises(InvalidTextError):
        await postgres_store.update(a_name(), ONE, writing(a_version("1.0.0"), event=event))
    assert await postgres_store.find(a_name(), ONE) is None


async def test_keys_of_events_are_time_ordered_uuids(
    database_dsn: str, postgres_store: PostgresVersionRepository
) -> None:
    for action in (LifecycleAction.PUBLISHED, LifecycleAction.YANKED, LifecycleAction.RESTORED):
        event = LifecycleEvent(action=action, at=NOW, actor="mch_release")
        await postgres_store.update(a_name(), ONE, writing(a_version("1.0.0"), event=event))
    keys = fetch(database_dsn, "SELECT id, action FROM version_events ORDER BY id")
    assert [(key.version, action) for key, action in keys] == [(7, "published"), (7, "yanked"), (7, "restored")]
