"""The transparency log of a running registry: opened by its operator, verified by a client, and rewritten by SQL."""

import json
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Semaphore
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import httpx
import pytest

from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run
from tests.support.postgres import execute, fetch
from tests.support.waiting import wait_until

ORIGIN = "registry.example.com/log"
STREAMS = 50
BY_HAND = "SET session_replication_role = replica"  # as only the owner of everything may, and no trigger refuses
SIZE = "SELECT coalesce(max(size), 0) FROM log_checkpoints"


@dataclass
class World:
    """A registry with a key of its own, and a client that verifies it."""

    stack: Stack
    folder: Path
    verifier: str
    key: Path

    @property
    def settings(self) -> dict[str, str]:
        return {"REGISTRY_LOG_SIGNING_KEY_FILE": str(self.key)}

    @property
    def database(self) -> str:
        return self.stack.settings["DATABASE_URL"]

    @contextmanager
    def serving(self, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        with self.stack.server(**{**self.settings, **settings}) as process:
            self.stack.wait_until_ready(process)
            yield process

    def command(self, *arguments: str, **settings: str) -> tuple[int, dict[str, Any], str]:
        ended = run("log", *arguments, "--json", **{**self.stack.settings, **self.settings, **settings})
        return ended.returncode, json.loads(ended.stdout or "{}"), ended.stderr

    def verify(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        kept = f"{self.key}.kept"
        status, said, _ = self.command("verify", self.stack.url, "--key", self.verifier, "--state", kept, *arguments)
        return status, said

    def register(self, version: str = "1.0.0") -> Path:
        """Register a version, and return its wheel."""
        body = self.stack.upload(version)
        assert self.stack.post(body).status_code == 201
        return self.stack.wheels / str(body["wheel_url"]).rpartition("/")[2]

    def wait_until_logged(self, size: int) -> None:
        wait_until(lambda: fetch(self.database, SIZE)[0][0] >= size)


@pytest.fixture
def world(stack: Stack, tmp_path: Path) -> World:
    made = run("log", "keygen", ORIGIN, "--out", str(tmp_path / "log.key"))
    assert made.returncode == 0, made.stderr
    return World(stack, tmp_path, made.stdout.strip(), tmp_path / "log.key")


def test_what_was_registered_before_and_after_the_opening_is_verified_by_a_client(world: World) -> None:
    with world.stack.server() as process:
        world.stack.wait_until_ready(process)
        early = world.register("1.0.0")
    assert world.command("status")[0] == 1
    assert world.command("init")[:2] == (0, {"appended": 3, "pending": 0})
    with world.serving():
        first = world.verify("--version", "platform/gcp@1.0.0", "--wheel", str(early))
        late = world.register("2.0.0")
        world.wait_until_logged(4)
        second = world.verify("--version", "platform/gcp@2.0.0", "--wheel", str(late), "--every-entry")
        wrong = world.verify("--version", "platform/gcp@2.0.0", "--wheel", str(early))
        absent = world.verify("--version", "platform/gcp@3.0.0")
        status = world.command("status")
        wait_until(lambda: 'registry_tasks_due{kind="log"} 0.0' in world.stack.get("/metrics").text)

    assert first == (0, {"outcome": "verified", "origin": ORIGIN, "size": 3, "kept": None,
        "version": "platform/gcp@1.0.0", "index": first[1]["index"], "wheel": early.name})  # fmt: skip
    assert (second[0], second[1]["kept"], second[1]["size"], second[1]["entries"]) == (0, 3, 4, 4)
    assert (wrong[0], wrong[1]["code"]) == (1, "wheel_not_logged")
    assert (absent[0], absent[1]["code"]) == (1, "version_not_found")
    assert (status[0], status[1]["size"], status[1]["pending"]) == (0, 4, 0)


@pytest.mark.hostile
def test_a_row_that_the_owner_of_the_database_rewrites_is_detected(world: World) -> None:
    assert world.command("init")[0] == 0
    with world.serving():
        wheel = world.register("1.0.0")
        world.wait_until_logged(3)
        published = ("--version", "platform/gcp@1.0.0", "--wheel", str(wheel))
        assert world.verify(*published)[0] == 0

        forged = wheel.read_bytes() + b"and more"
        wheel.write_bytes(forged)
        execute(
            world.database,
            BY_HAND,
            "UPDATE provider_versions SET wheel_sha256 = repeat('a', 64)",
            "UPDATE version_events SET actor = 'mch_other'",
        )
        other_wheel = world.verify(*published)

        rewritten = "convert_to(replace(convert_from(leaf, 'UTF8'), '1.0.0', '1.0.1'), 'UTF8')"
        execute(world.database, BY_HAND, f"UPDATE log_entries SET leaf = {rewritten} WHERE version IS NOT NULL")
        proof, whole = world.verify("--version", "platform/gcp@1.0.0"), world.verify("--every-entry")

    assert (other_wheel[0], other_wheel[1]["code"]) == (1, "wheel_not_logged")
    assert (proof[0], proof[1]["code"]) == (1, "log_proof_invalid")
    assert (whole[0], whole[1]["code"]) == (1, "log_entries_changed")


@pytest.mark.hostile
def test_a_log_that_is_begun_anew_with_its_own_key_is_detected(world: World) -> None:
    tables = "log_state, log_pending, log_entries, log_salts, log_tiles, log_checkpoints, log_cosignatures"
    assert world.command("init")[0] == 0
    with world.serving():
        world.register("1.0.0")
        world.wait_until_logged(3)
        assert world.verify()[0] == 0

        execute(world.database, BY_HAND, "UPDATE version_events SET actor = 'mch_other'", f"TRUNCATE {tables}")
        refused = world.command("init")
        (world.folder / "log.key.checkpoint").unlink()
        assert world.command("init")[0] == 0
        again = world.verify()

    assert (refused[0], refused[1]["code"]) == (1, "log_would_fork")

    assert (again[0], again[1]["code"]) == (1, "log_forked")


def test_after_a_fork_another_log_begins_as_the_documents_say(world: World) -> None:
    assert world.command("init")[0] == 0
    with world.serving():
        world.register("1.0.0")
        world.wait_until_logged(3)
    [script] = re.findall(r"```sql\n(.*?TRUNCATE log_state.*?)```", Path("docs/operations.md").read_text(), re.DOTALL)
    execute(world.database, *(each for each in script.split(";") if each.strip()))

    key = world.folder / "second.key"
    made = run("log", "keygen", f"{ORIGIN}/2", "--out", str(key))
    second = World(world.stack, world.folder, made.stdout.strip(), key)
    assert second.command("init")[:2] == (0, {"appended": 3, "pending": 0})
    with second.serving():
        verified = second.verify("--version", "platform/gcp@1.0.0", "--every-entry")
    assert (verified[0], verified[1]["origin"], verified[1]["entries"]) == (0, f"{ORIGIN}/2", 3)
    with pytest.raises(asyncpg.RestrictViolationError):
        execute(world.database, "DELETE FROM log_entries")


def test_a_replica_without_a_key_serves_what_another_process_appends(world: World) -> None:
    assert world.command("init")[0] == 0
    with world.stack.server(REGISTRY_LOG_ORIGIN=ORIGIN) as process:
        world.stack.wait_until_ready(process)
        world.register("1.0.0")
        early = world.stack.get("/providers/platform/gcp/versions/1.0.0/proof")
        assert world.command("init")[:2] == (0, {"appended": 2, "pending": 0})
        verified = world.verify("--version", "platform/gcp@1.0.0")

    assert (early.status_code, early.json()["code"]) == (404, "not_logged_yet")
    assert verified[0] == 0


def test_a_server_that_stops_ends_its_streams_within_the_grace(world: World) -> None:
    assert world.command("init")[0] == 0
    opened = Semaphore(0)

    def follow() -> str:
        with httpx.stream("GET", f"{world.stack.url}/changes/stream", trust_env=False, timeout=60) as answer:
            chunks = answer.iter_text()
            text = next(chunks)
            opened.release()
            return text + "".join(chunks)

    with world.serving(REGISTRY_SHUTDOWN_GRACE_SECONDS="20") as process, ThreadPoolExecutor(STREAMS) as threads:
        streams = [threads.submit(follow) for _ in range(STREAMS)]
        assert all(opened.acquire(timeout=60) for _ in streams)
        process.terminate()
        status = process.wait(60)
        texts = [stream.result() for stream in streams]

    assert status == 0
    assert all("event: log.opened" in text for text in texts)
