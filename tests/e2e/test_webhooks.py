"""Webhooks sent by real processes to a real receiver, and what operators do and see."""

import asyncio
import base64
import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from standardwebhooks import WebhookVerificationError

from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from adapters.postgres.webhook_receivers import PostgresWebhookReceivers
from provider_registry_testing.webhook_receivers import Webhooks
from tests.e2e.test_command_line import COMMAND, clean_environment, run
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import Exchange, HttpsHost, https_host, status
from tests.support.postgres import fetch
from tests.support.stack import Stack
from tests.support.transparency_log import PostgresLog
from tests.support.waiting import wait_until
from tests.support.webhooks import fields_of, verified

PATH = "/hooks"
ROWS = "SELECT webhook_receivers::text FROM webhook_receivers"
KEY = base64.b64encode(bytes(range(32))).decode()


@dataclass
class World:
    """Workers, and the receiver that they send to."""

    host: HttpsHost
    settings: dict[str, str]
    folder: Path
    dsn: str
    secrets: list[str] = field(default_factory=list)

    def publish(self, *versions: str) -> None:
        async def work() -> None:
            database = Database(self.dsn)
            log = PostgresLog(database)
            webhooks = Webhooks(PostgresWebhookReceivers(database), log, PostgresVersionRepository(database))
            await webhooks.publish(*versions)
            await database.dispose()

        asyncio.run(work())

    def command(self, *arguments: str) -> dict[str, Any]:
        ended = run("webhooks", *arguments, "--json", **self.settings)
        said: dict[str, Any] = json.loads(ended.stdout or "{}")
        if "secret" in said:
            self.secrets.append(said["secret"])
        return {**said, "status": ended.returncode}

    @contextmanager
    def working(self) -> Iterator[subprocess.Popen[bytes]]:
        with self.log.open("ab") as log:
            process = subprocess.Popen([*COMMAND, "work"], env=clean_environment(self.settings), stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @property
    def log(self) -> Path:
        return self.folder / "work.log"

    @property
    def deliveries(self) -> Sequence[Exchange]:
        return tuple(self.host.requests)

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.host.requests) >= count)

    def wait_until_past(self, index: int) -> None:
        wait_until(lambda: fetch(self.dsn, "SELECT cursor FROM webhook_receivers") == [(index,)])


@pytest.fixture
def world(stack: Stack, database_dsn: str, tmp_path: Path) -> Iterator[World]:
    authority = CertificateAuthority()
    key = tmp_path / "webhook.key"
    key.write_text(f"# a key for tests\n{KEY}\n")
    settings = {
        **stack.settings,
        "REGISTRY_TASKS": "webhooks",
        "REGISTRY_TASK_LEASE_SECONDS": "1",
        "REGISTRY_WEBHOOK_KEY_FILE": str(key),
        "REGISTRY_WHEEL_CA_BUNDLE": str(authority.write_to(tmp_path / "receiver-ca.pem")),
    }
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(https_host(authority.server_context("127.0.0.1"))) as host,
    ):
        host.script(PATH, status(204))
        world = World(host, settings, tmp_path, database_dsn)
        world.publish()  # opens the log
        assert world.command("add", "ci", host.url(PATH))["status"] == 0
        yield world


def subjects(deliveries: Sequence[Exchange]) -> list[str]:
    return [json.loads(each.body)["subject"] for each in deliveries]


def ids(deliveries: Sequence[Exchange]) -> list[str]:
    return [fields_of(each)["webhook-id"] for each in deliveries]


def test_the_specifications_library_verifies_deliveries_during_a_rotation_too(world: World) -> None:
    with world.working():
        world.publish("1.0.0")
        world.wait_for(1)
        assert world.command("rotate", "ci")["status"] == 0
        world.publish("1.1.0")
        world.wait_for(2)
        tested = world.command("test", "ci")
        world.command("rotate", "ci", "--overlap-hours", "0")
        world.publish("1.2.0")
        world.wait_for(4)
    first, second, third = world.secrets
    before, during, test, after = world.deliveries
    assert verified(before, first)["subject"] == "platform/gcp@1.0.0"
    assert [verified(during, secret)["subject"] for secret in (first, second)] == ["platform/gcp@1.1.0"] * 2
    assert (tested["accepted"], verified(test, second)["data"]) == (True, {"receiver": "ci"})
    assert verified(after, third)["subject"] == "platform/gcp@1.2.0"
    for secret in (first, second):
        with pytest.raises(WebhookVerificationError):
            verified(after, secret)
    assert ids([before]) == [json.loads(before.body)["id"]]


def test_a_secret_is_in_no_log_list_or_row(world: World) -> None:
    world.publish("1.0.0")
    world.command("rotate", "ci")
    with world.working():
        world.wait_for(1)
        world.wait_until_past(2)
    said = [run("webhooks", "list", *more, **world.settings) for more in (("ci",), ("ci", "--json"))]
    texts = [world.log.read_text(), *(each.stdout + each.stderr for each in said), str(fetch(world.dsn, ROWS))]
    assert "webhook_attempted" in texts[0]
    assert [each.returncode for each in said] == [0, 0]
    assert [(each["is_accepted"], each["result"]) for each in json.loads(said[1].stdout)["attempts"]] == [(True, "204")]
    for text in texts:
        assert "ci" in text
        for secret in (*world.secrets, KEY):
            assert secret.removeprefix("whsec_") not in text


def test_a_server_measures_what_waits_whether_or_not_it_delivers(world: World, stack: Stack) -> None:
    def measured(name: str) -> float:
        found = re.search(rf'^{name}{{kind="webhook"}} (.+)$', stack.get("/metrics").text, re.MULTILINE)
        return float(found[1]) if found else -1.0

    world.publish("1.0.0")
    with stack.server(**{**world.settings, "REGISTRY_TASKS": "none"}) as process:
        stack.wait_until_ready(process)
        wait_until(lambda: measured("registry_tasks_due") == 1.0)
        assert measured("registry_task_oldest_due_seconds") >= 0
    assert world.deliveries == ()


def test_an_operator_disables_skips_replays_and_removes(world: World) -> None:
    world.host.script(PATH, status(400))
    with world.working():
        world.publish("1.0.0", "1.1.0")
        wait_until(lambda: world.command("list", "ci")["failures"])
        disabled = world.command("disable", "ci")
        world.host.script(PATH, status(204))
        skipped = world.command("skip", "ci", "1")
        world.wait_until_past(3)
        again = world.command("replay", "ci", "--from", "1")
        world.wait_until_past(3)
        listed = json.loads(run("webhooks", "list", "--json", **world.settings).stdout)
        removed = world.command("disable", "ci", "--remove")
        gone = world.command("list", "ci")
    assert (disabled["state"], skipped["state"], skipped["next_index"]) == ("disabled (operator)", "active", 2)
    assert (again["next_index"], [each["name"] for each in listed]) == (1, ["ci"])
    versions = [subject.partition("@")[2] for subject in subjects(world.deliveries)]
    assert set(versions[:-3]) == {"1.0.0"}
    assert versions[-3:] == ["1.1.0", "1.0.0", "1.1.0"]
    assert len(set(ids(world.deliveries))) == 2
    assert (removed["outcome"], gone["code"]) == ("removed", "receiver_not_found")


def test_what_an_operator_gets_wrong_is_said(world: World) -> None:
    named = {
        ("add", "ci", "https://other.example.com/"): (1, "receiver_exists"),
        ("add", "C I", "https://other.example.com/"): (2, "invalid_receiver_name"),
        ("skip", "ci", "7"): (1, "event_not_next"),
        ("replay", "other"): (1, "receiver_not_found"),
    }
    said = {arguments: world.command(*arguments) for arguments in named}
    assert {arguments: (each["status"], each["code"]) for arguments, each in said.items()} == named
    for command in (["webhooks", "list"], ["work"]):
        without = run(*command, **{**world.settings, "REGISTRY_WEBHOOK_KEY_FILE": ""})
        assert (without.returncode, "REGISTRY_WEBHOOK_KEY_FILE: is required" in without.stderr) == (2, True)
