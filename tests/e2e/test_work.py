"""Registrations that are done later, by processes that die, freeze and stop."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.postgres.schema import upgrade
from entrypoints.development.server_process import wait_until_ok
from tests.e2e.test_command_line import COMMAND, clean_environment, run
from tests.support.clusters import a_cluster
from tests.support.ports import free_port
from tests.support.postgres import fetch
from tests.support.postgres_sessions import holding, wait_until_somebody_waits
from tests.support.slow_host import SlowHost
from tests.support.stack import Stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

VERSIONS = "SELECT version, status FROM provider_versions ORDER BY version"
EVENTS = "SELECT action FROM version_events"
ATTEMPTS = "SELECT attempts FROM tasks"
LARGE = {"gcp_provider/data.bin": bytes(range(256)) * 20_000}


@dataclass
class World:
    """A server that only accepts, and workers of their own."""

    stack: Stack
    host: SlowHost
    folder: Path
    dsn: str

    @property
    def settings(self) -> dict[str, str]:
        return {
            **self.stack.settings,
            **self.host.settings,
            "DATABASE_URL": self.dsn,
            "REGISTRY_TASKS": "none",
            "REGISTRY_TASK_LEASE_SECONDS": "2",
            "REGISTRY_TASK_GRACE_SECONDS": "1",
        }

    @contextmanager
    def serving(self, **settings: str) -> Iterator[None]:
        with self.stack.server(**{**self.settings, **settings}) as process:
            self.stack.wait_until_ready(process)
            yield

    @contextmanager
    def working(self, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        environment = clean_environment({**self.settings, "REGISTRY_TASKS": "registrations", **settings})
        with (self.folder / "work.log").open("ab") as log:
            process = subprocess.Popen([*COMMAND, "work"], env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def showing(self) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
        """Run a worker that listens, and a client of it whose connections stay open."""
        port = free_port()
        url, setting = f"http://127.0.0.1:{port}", {"REGISTRY_WORK_METRICS_PORT": str(port)}
        with self.working(**setting) as process, httpx.Client(base_url=url, trust_env=False) as client:
            wait_until_ok(process, f"{url}/health", log=self.folder / "work.log")
            yield process, client

    def accept(self, body: dict[str, Any]) -> str:
        response = httpx.post(
            f"{self.stack.url}/console/provider-versions",
            json=body,
            headers={**self.stack.headers(), "Prefer": "respond-async", "X-Request-ID": "release-7"},
            trust_env=False,
        )
        assert response.status_code == 202, response.text
        return response.headers["location"]

    def wait_until_public(self, version: str = "1.0.0") -> None:
        wait_until(lambda: (version, "published") in fetch(self.dsn, VERSIONS))

    def lines(self, event: str) -> list[dict[str, Any]]:
        text = (self.folder / "work.log").read_text()
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]


@pytest.fixture
def world(stack: Stack, slow_host: SlowHost, database_dsn: str, tmp_path: Path) -> World:
    return World(stack, slow_host, tmp_path, database_dsn)


def test_a_worker_killed_in_the_middle_is_followed_by_another_that_does_it_once(world: World) -> None:
    body, gate = world.host.upload_slowly(files=LARGE)
    with world.serving():
        location = world.accept(body)
        with world.working() as first:
            gate.wait_until_reached()
            first.kill()
            first.wait()
        killed = world.stack.get(location).json()["status"], fetch(world.dsn, ATTEMPTS)
        gate.opened.set()
        with world.working():
            world.wait_until_public()
        done = world.stack.get(location)
    assert killed == ("building", [(1,)])
    assert done.status_code == 303
    assert fetch(world.dsn, EVENTS) == [("published",)]
    assert fetch(world.dsn, ATTEMPTS) == []
    [ended] = world.lines("task_ended")
    assert (ended["attempt"], ended["outcome"], ended["request_id"]) == (2, "done", "release-7")
    assert ended["task_id"] == location.rpartition("/")[2]


def test_a_worker_that_froze_and_comes_back_publishes_nothing_twice(world: World) -> None:
    body, gate = world.host.upload_slowly(files=LARGE)
    with world.serving(), world.working() as frozen:
        world.accept(body)
        gate.wait_until_reached()
        frozen.send_signal(signal.SIGSTOP)
        gate.opened.set()
        with world.working():
            world.wait_until_public()
            frozen.send_signal(signal.SIGCONT)
            wait_until(lambda: len(world.lines("task_ended")) == 2)
    assert sorted(line["outcome"] for line in world.lines("task_ended")) == ["done", "lease_lost"]
    assert fetch(world.dsn, EVENTS) == [("published",)]


def test_a_task_that_kills_three_workers_is_given_up_by_the_fourth(world: World) -> None:
    body, gate = world.host.upload_slowly(files=LARGE)
    with world.serving():
        location = world.accept(body)
        for _ in range(3):
            gate.reached.clear()
            with world.working(REGISTRY_TASK_LEASE_SECONDS="1") as process:
                gate.wait_until_reached()
                process.kill()
        gate.reached.clear()
        with world.working():
            wait_until(lambda: world.stack.get(location).json()["status"] == "failed")
        failed = world.stack.get(location).json()
    assert failed["code"] == "build_abandoned"
    assert not gate.reached.is_set()
    assert fetch(world.dsn, VERSIONS) == [("1.0.0", "failed")]


def test_a_worker_killed_between_the_copy_and_the_publication_is_followed_by_another(world: World) -> None:
    mirror = {"REGISTRY_MIRROR": "required", "REGISTRY_MIRROR_URL": (world.folder / "mirror").as_uri()}
    body = world.host.upload(files=LARGE)
    with world.serving(**mirror):
        location = world.accept(body)
        with holding(world.dsn, "LOCK TABLE mirrored_wheels IN EXCLUSIVE MODE"), world.working(**mirror) as first:
            wait_until_somebody_waits(world.dsn)
            copies = [path.name for path in (world.folder / "mirror").rglob("*") if path.is_file()]
            first.kill()
            first.wait()
        before = fetch(world.dsn, VERSIONS)
        with world.working(**mirror):
            world.wait_until_public()
        done = world.stack.get(location)
    assert body["sha256"] in copies
    assert before == [("1.0.0", "building")]
    assert done.status_code == 303
    assert fetch(world.dsn, EVENTS) == [("published",)]


def test_a_database_that_restarts_meanwhile_ends_no_worker(
    stack: Stack, slow_host: SlowHost, server_folder: Path, tmp_path: Path
) -> None:
    with a_cluster(server_folder / "data") as cluster:
        upgrade(cluster.dsn)
        world = World(stack, slow_host, tmp_path, cluster.dsn)
        body, gate = world.host.upload_slowly(files=LARGE)
        with world.serving(), world.showing() as (process, worker):
            location = world.accept(body)
            gate.wait_until_reached()
            cluster.stop_immediately()
            gate.opened.set()
            wait_until(lambda: world.lines("claim_failed"))
            assert [worker.get(path).status_code for path in ("/health", "/health/ready")] == [200, 503]
            cluster.start()
            wait_until(lambda: stack.get(location).status_code == 303)
            assert process.poll() is None
        assert fetch(cluster.dsn, EVENTS) == [("published",)]


def test_a_worker_that_is_told_to_stop_gives_back_what_it_cannot_finish(world: World) -> None:
    body, gate = world.host.upload_slowly(files=LARGE)
    with world.serving():
        world.accept(body)
        with world.working() as process:
            gate.wait_until_reached()
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=30)
        listed = json.loads(run("tasks", "list", "--json", **world.settings).stdout)
        retried = run("tasks", "retry", listed[0]["id"], **world.settings)
        unknown = run("tasks", "retry", "00000000-0000-0000-0000-000000000001", "--json", **world.settings)
        shown = run("tasks", "list", **world.settings)
        gate.opened.set()
    assert status == 0
    assert [line["outcome"] for line in world.lines("task_ended")] == ["given_back"]
    assert [(task["attempts"], task["is_leased"], task["key"]) for task in listed] == [(0, False, "platform/gcp@1.0.0")]
    assert (retried.returncode, unknown.returncode) == (0, 1)
    assert json.loads(unknown.stdout)["outcome"] == "unchanged"
    assert "platform/gcp@1.0.0" in shown.stdout


def test_what_is_given_back_again_and_again_fails_once_its_deadline_has_passed(world: World) -> None:
    body, gate = world.host.upload_slowly(files=LARGE)
    with world.serving():
        location = world.accept(body)
        for _ in range(2):
            gate.reached.clear()
            with world.working() as process:
                gate.wait_until_reached()
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=30)
        given_back = world.stack.get(location).json()["status"], fetch(world.dsn, ATTEMPTS)
        gate.reached.clear()
        with world.working(REGISTRY_TASK_DEADLINE_SECONDS="0.1"):
            wait_until(lambda: world.stack.get(location).json()["status"] == "failed")
        failed = world.stack.get(location).json()
    assert given_back == ("building", [(0,)])
    assert (failed["code"], "not built within" in failed["detail"]) == ("build_abandoned", True)
    assert not gate.reached.is_set()


def test_a_host_that_sends_without_end_holds_an_attempt_no_longer_than_the_deadline_of_a_fetch(world: World) -> None:
    body, gate = world.host.upload_without_end()
    with world.serving(), world.working(REGISTRY_WHEEL_DEADLINE_SECONDS="1"):
        location = world.accept(body)
        wait_until(lambda: world.lines("task_ended"))
        queued = fetch(world.dsn, "SELECT split_part(last_error, ':', 1), attempts FROM tasks")
        waiting = world.stack.get(location).json()["status"]
    assert (queued, waiting) == ([("wheel_host_timeout", 1)], "building")
    assert gate.left.is_set()
