"""Wheels that are lost or exchanged on their host are found and shown, and nothing else becomes of them."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_wheel
from tests.e2e.test_command_line import run
from tests.e2e.test_work import EVENTS, LARGE
from tests.e2e.test_work import World as Workers
from tests.e2e.test_work import world as workers
from tests.support.https_host import Exchange, Reply, file, status
from tests.support.postgres import fetch
from tests.support.slow_host import Gate, halved
from tests.support.stack import DISTRIBUTION, Stack
from tests.support.waiting import wait_until

__all__ = ["workers"]

WHEEL = f"{DISTRIBUTION}-1.0.0-py3-none-any.whl"
VERSION = "/providers/platform/gcp/versions/1.0.0"
OFTEN = {
    "REGISTRY_TASKS": "registrations,checks",
    "REGISTRY_CHECK_LOOK_SECONDS": "0.5",
    "REGISTRY_CHECK_VERIFY_SECONDS": "0.1",
    "REGISTRY_CHECK_CONFIRM_SECONDS": "0.5",
    "REGISTRY_CHECK_RETRY_SECONDS": "0.5",
    "REGISTRY_CHECK_UNREACHABLE_SECONDS": "2",
}


@dataclass(frozen=True)
class World:
    stack: Stack
    dsn: str
    mirror: Path

    @contextmanager
    def serving(self, **settings: str) -> Iterator[None]:
        """Serve a mirrored version, and check it all the time."""
        kept = {"REGISTRY_MIRROR": "required", "REGISTRY_MIRROR_URL": self.mirror.as_uri()}
        with self.stack.server(**{**OFTEN, **kept, "REGISTRY_PUBLIC_URL": self.stack.url, **settings}) as process:
            self.stack.wait_until_ready(process)
            response = self.stack.post(self.stack.upload())
            assert response.status_code == 201, response.text
            yield

    @property
    def wheel(self) -> Path:
        return self.stack.wheels / WHEEL

    def availability(self) -> dict[str, Any]:
        found: dict[str, Any] = self.stack.get(f"{VERSION}/availability").json()
        return found

    def wait_until(self, status: str) -> None:
        wait_until(lambda: self.availability()["status"] == status)

    def page(self) -> str:
        return self.stack.get("/catalog/platform/gcp/1.0.0").text

    def served(self) -> str:
        url = self.stack.get(f"{VERSION}/install").json()["mirror_url"]
        return hashlib.sha256(self.stack.get(url.removeprefix(self.stack.url)).content).hexdigest()


@pytest.fixture
def world(stack: Stack, database_dsn: str, tmp_path: Path) -> World:
    return World(stack, database_dsn, tmp_path / "mirror")


def test_a_wheel_that_was_exchanged_has_drifted_and_its_copy_is_served_on(world: World) -> None:
    with world.serving():
        world.wait_until("intact")
        before, registered = world.page(), world.wheel.read_bytes()
        other = a_wheel(DISTRIBUTION, "1.0.0", files={"gcp_provider/other.py": b"x = 1"})
        world.wheel.write_bytes(other)
        world.wait_until("drifted")
        found, served = world.availability(), world.served()
        wait_until(lambda: "serves other bytes" in world.page())
        page, metrics = world.page(), world.stack.get("/metrics").text
        shown = run("versions", "availability", "platform/gcp", "--json", **world.stack.settings)
        read = run("versions", "availability", "platform/gcp", "1.0.0", **world.stack.settings)
        status = world.stack.get(f"{VERSION}/status").json()["status"]
        world.wheel.write_bytes(registered)
        world.wait_until("intact")
        told = run("versions", "history", "platform/gcp", "1.0.0", **world.stack.settings)
        wait_until(lambda: "serves other bytes" not in world.page())
    assert "serves other bytes" not in before
    assert "from its own copy" in page
    assert found["other_sha256"] == hashlib.sha256(other).hexdigest()
    assert served == hashlib.sha256(registered).hexdigest()
    assert (json.loads(shown.stdout)["status"], json.loads(shown.stdout)["other_sha256"]) == (
        "drifted",
        found["other_sha256"],
    )
    assert (read.returncode, "drifted" in read.stdout, found["other_sha256"] in read.stdout) == (0, True, True)
    assert [word for word in told.stdout.split() if word in {"published", "drifted", "intact"}] == [
        "published",
        "drifted",
        "intact",
    ]
    assert 'registry_wheel_verdicts_total{verdict="drifted"} 1.0' in metrics
    assert (status, fetch(world.dsn, EVENTS)) == ("published", [("published",)])


def test_a_wheel_that_is_gone_is_unreachable_once_it_was_gone_for_long(world: World) -> None:
    with world.serving():
        world.wait_until("intact")
        registered = world.wheel.read_bytes()
        world.wheel.unlink()
        wait_until(lambda: world.availability()["failure"] is not None)
        first = world.availability()
        world.wait_until("unreachable")
        found, served, status = world.availability(), world.served(), world.stack.get(f"{VERSION}/status").json()
    assert first["status"] == "intact"
    assert found["failure"] == "wheel_not_found"
    assert served == hashlib.sha256(registered).hexdigest()
    assert (status["status"], fetch(world.dsn, EVENTS)) == ("published", [("published",)])


def test_a_wheel_that_is_gone_for_less_than_days_stays_intact(world: World) -> None:
    with world.serving(REGISTRY_CHECK_UNREACHABLE_SECONDS="259200"):
        world.wait_until("intact")
        world.wheel.unlink()
        wait_until(lambda: world.availability()["failure"] is not None)
        seen = world.availability()["checked_at"]
        wait_until(lambda: world.availability()["checked_at"] > seen)
        assert world.availability()["status"] == "intact"


def test_a_check_whose_worker_was_killed_in_the_middle_is_done_by_another(workers: Workers) -> None:
    data, gate = a_wheel(DISTRIBUTION, "1.0.0", files=LARGE), Gate()
    with workers.serving():
        response = workers.stack.post(workers.host.offer(data, file(data)))
        assert response.status_code == 201, response.text
        workers.host.offer(data, answering(head=status(200), other=halved(data, gate)))
        with workers.working(**{**OFTEN, "REGISTRY_TASKS": "checks"}) as first:
            gate.wait_until_reached()
            first.kill()
            first.wait()
        killed = workers.stack.get(f"{VERSION}/availability").json()["status"]
        gate.opened.set()
        with workers.working(**{**OFTEN, "REGISTRY_TASKS": "checks"}):
            wait_until(lambda: workers.stack.get(f"{VERSION}/availability").json()["status"] == "intact")
    assert killed == "unchecked"
    assert workers.lines("task_ended")[0]["attempt"] == 2


def answering(*, head: Reply, other: Reply) -> Reply:
    async def reply(exchange: Exchange) -> None:
        await (head if exchange.head.startswith(b"HEAD ") else other)(exchange)

    return reply
