"""``log init`` over a long history, killed wherever it was."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from tests.builders import a_version
from tests.e2e.test_command_line import COMMAND, clean_environment, run
from tests.e2e.test_transparency_log import ORIGIN, World
from tests.support.postgres import execute, fetch
from tests.support.stack import Stack
from tests.support.stores import put
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

STEPS = 25_000
HISTORY = f"""
    INSERT INTO version_events (id, version_id, action, at, actor)
    SELECT gen_random_uuid(), id, CASE number % 2 WHEN 0 THEN 'restored' ELSE 'yanked' END, now(), 'by hand'
    FROM provider_versions, generate_series(1, {STEPS}) number ORDER BY number
"""
IN_ORDER = """
    SELECT (SELECT array_agg(event_id ORDER BY index) FROM log_entries WHERE version IS NOT NULL)
        = (SELECT array_agg(id ORDER BY position) FROM version_events)
"""


@pytest.fixture
def world(stack: Stack, tmp_path: Path) -> World:
    made = run("log", "keygen", ORIGIN, "--out", str(tmp_path / "log.key"))
    return World(stack, tmp_path, made.stdout.strip(), tmp_path / "log.key")


def _register(dsn: str) -> None:
    async def register() -> None:
        database = Database(dsn)
        await put(PostgresVersionRepository(database), a_version())
        await database.dispose()

    asyncio.run(register())
    execute(dsn, HISTORY)


@contextmanager
def _initialising(world: World) -> Iterator[subprocess.Popen[str]]:
    environment = clean_environment({**world.stack.settings, **world.settings})
    with subprocess.Popen([*COMMAND, "log", "init"], env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _kill_once_it_says(world: World, words: str) -> None:
    with _initialising(world) as process:
        assert process.stderr is not None
        assert any(words in line for line in process.stderr), "it ended before"


def test_a_log_whose_history_is_appended_by_killed_processes_is_whole_and_in_order(world: World) -> None:
    _register(world.database)
    total = 2 + STEPS

    _kill_once_it_says(world, "10,241 events found")
    _kill_once_it_says(world, f"10,240 of {total:,} events appended")
    wait_until(lambda: world.command("init")[1]["pending"] == 0)

    assert fetch(world.database, IN_ORDER) == [(True,)]
    with world.serving():
        verified = world.verify("--every-entry")
    assert (verified[0], verified[1]["entries"]) == (0, total)
