"""The mirror in a local folder, through the whole server, pip and uv, and the command line."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run
from tests.support.installers import COMMANDS, Installer
from tests.support.postgres import fetch
from tests.support.postgres_sessions import holding, wait_until_alone, wait_until_somebody_waits
from tests.support.waiting import wait_until

GCP = "pragmatiks-gcp-provider"
LARGE = {"gcp_provider/data.bin": bytes(range(256)) * 20_000}
PUBLIC = "SELECT version FROM provider_versions WHERE status = 'published'"


@dataclass
class World:
    stack: Stack
    folder: Path

    @property
    def settings(self) -> dict[str, str]:
        return {
            "REGISTRY_MIRROR_URL": self.folder.as_uri(),
            "REGISTRY_MIRROR": "required",
            "REGISTRY_PUBLIC_URL": self.stack.url,
            "REGISTRY_LOG_LEVEL": "debug",
        }

    @contextmanager
    def serving(self, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        with self.stack.server(**{**self.settings, **settings}) as process:
            self.stack.wait_until_ready(process)
            yield process

    def copies(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def command(self, *arguments: str, **settings: str) -> tuple[int, dict[str, Any], str]:
        environment = {**self.stack.settings, **self.settings, **settings}
        ended = run("mirror", *arguments, "--json", **environment)
        return ended.returncode, json.loads(ended.stdout or "{}"), ended.stderr

    def registers(self, version: str = "1.0.0") -> dict[str, Any]:
        body = self.stack.upload(version, files=LARGE)
        response = self.stack.post(body)
        assert response.status_code == 201, response.text
        return body

    def forget_origin(self) -> None:
        for wheel in self.stack.wheels.iterdir():
            wheel.unlink()

    def served_bytes(self) -> dict[str, float]:
        """Return the bytes that the mirror's files took of responses, by part."""
        families = text_string_to_metric_families(self.stack.get("/metrics").text)
        samples = [sample for family in families for sample in family.samples]
        served = [sample for sample in samples if sample.name == "registry_mirror_served_bytes_total"]
        return {"wheel": 0, "metadata": 0} | {sample.labels["part"]: sample.value for sample in served}

    def requested(self, suffix: str) -> int:
        lines = map(json.loads, self.stack.log.read_text().splitlines())
        return sum(line["event"] == "request_answered" and line["path"].endswith(suffix) for line in lines)


@pytest.fixture
def world(stack: Stack, tmp_path: Path) -> World:
    return World(stack, tmp_path / "mirror")


def outage(folder: Path) -> Path:
    """Put a file in the place of the folder; return where the folder is."""
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.touch()
    return aside


def recover(folder: Path) -> None:
    folder.unlink()
    folder.with_name("aside").rename(folder)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wheel_whose_host_is_gone_still_installs_and_resolving_takes_its_metadata_alone(
    world: World, tmp_path: Path, name: str
) -> None:
    installs_without_its_host(world, tmp_path, name)


def installs_without_its_host(
    world: World, tmp_path: Path, name: str, python: str = sys.executable, *, wheels: int = 0
) -> None:
    """Resolve, which takes so many downloads of the wheel and one of its metadata; then install."""
    home = tmp_path / "home"
    home.mkdir()
    installer = Installer(name, home, world.stack.host.ca_path, python)
    with world.serving():
        body = world.registers()
        world.forget_origin()
        index = ("--index-url", f"{world.stack.url}/simple/")
        resolved = installer.install(*index, "--dry-run", GCP, dependencies=True)
        of_wheel, of_metadata, sent = world.requested(".whl"), world.requested(".whl.metadata"), world.served_bytes()
        installed = installer.install(*index, GCP)
        requirement = world.stack.get("/providers/platform/gcp/versions/1.0.0/install").json()["requirement"]
        other = Installer(name, tmp_path / "other", world.stack.host.ca_path, python)
        other.home.mkdir()
        direct = other.install("--no-index", requirement)

    assert resolved.returncode == 0, resolved.stdout
    assert (of_wheel, of_metadata) == (wheels, 1)
    copies = world.copies()
    assert sent == {
        "wheel": wheels * len(copies[body["sha256"]]),
        "metadata": len(copies[f"{body['sha256']}.metadata"]),
    }
    assert installed.returncode == 0, installed.stdout
    assert direct.returncode == 0, direct.stdout
    for each in (installer, other):
        assert each.installed() == {"pragmatiks_gcp_provider-1.0.0"}
    assert body["sha256"] in requirement


def test_the_server_sends_whole_files_and_ranges_of_them(world: World) -> None:
    with world.serving():
        body = world.registers()
        url = f"{world.stack.url}/files/{body['sha256']}/{body['wheel_url'].rpartition('/')[2]}"
        data = world.copies()[body["sha256"]]
        with httpx.Client(trust_env=False, timeout=30) as client:
            whole, head = client.get(url), client.head(url)
            ranges = {
                text: client.get(url, headers={"Range": f"bytes={text}"})
                for text in ("0-0", "1000-2000000", f"{len(data) - 1}-", "-70000", f"{len(data)}-")
            }

    assert (whole.status_code, whole.content) == (200, data)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(data)))
    assert {text: (answer.status_code, answer.content) for text, answer in ranges.items() if answer.is_success} == {
        "0-0": (206, data[:1]),
        "1000-2000000": (206, data[1000:2000001]),
        f"{len(data) - 1}-": (206, data[-1:]),
        "-70000": (206, data[-70000:]),
    }
    assert ranges[f"{len(data)}-"].status_code == 416


@pytest.mark.faults
def test_a_server_killed_between_the_copy_and_the_publication_publishes_nothing_and_the_retry_succeeds(
    world: World,
) -> None:
    dsn = world.stack.settings["DATABASE_URL"]
    body = world.stack.upload(files=LARGE)
    lock = holding(dsn, "LOCK TABLE mirrored_wheels IN EXCLUSIVE MODE")
    with world.serving() as process, lock, world.stack.posting(body):
        wait_until_somebody_waits(dsn)
        copied = set(world.copies())
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        psutil.wait_procs(workers, timeout=30)
    wait_until_alone(dsn)
    published = fetch(dsn, PUBLIC)
    with world.serving():
        retried = world.stack.post(body)
        served = world.stack.get(f"/files/{body['sha256']}/{body['wheel_url'].rpartition('/')[2]}")

    assert (copied, published) == ({body["sha256"], f"{body['sha256']}.metadata"}, [])
    assert (retried.status_code, served.status_code) == (201, 200)
    assert hashlib.sha256(served.content).hexdigest() == body["sha256"]


@pytest.mark.faults
def test_without_its_storage_a_registration_is_503_or_published_without_a_copy_which_a_backfill_makes(
    world: World,
) -> None:
    body = world.stack.upload()
    with world.serving():
        outage(world.folder)
        refused = world.stack.post(body)
        ready = world.stack.get("/health/ready")
    nothing = fetch(world.stack.settings["DATABASE_URL"], "SELECT FROM provider_versions")
    recover(world.folder)
    with world.serving(REGISTRY_MIRROR="best_effort"):
        outage(world.folder)
        accepted = world.stack.post(body)
        recover(world.folder)
        before = world.stack.get("/providers/platform/gcp/versions/latest/install").json()["mirror_url"]
        status, counts, progress = world.command("backfill")
        wait_until(lambda: world.stack.get("/providers/platform/gcp/versions/latest/install").json()["mirror_url"])
        again = world.command("backfill")

    assert (refused.status_code, refused.json()["code"], nothing) == (503, "mirror_unavailable", [])
    assert (ready.status_code, accepted.status_code, before) == (200, 201, None)
    assert (status, counts["kept"], counts["failed"]) == (0, 1, 0)
    assert "platform/gcp 1.0.0" in progress
    assert again[:2] == (0, {**counts, "kept": 0})
    assert set(world.copies()) == {body["sha256"], f"{body['sha256']}.metadata"}


@pytest.mark.faults
def test_wrong_bytes_in_the_storage_are_found_and_repaired_from_the_host(world: World) -> None:
    with world.serving():
        damaged, gone = world.registers("1.0.0"), world.registers("2.0.0")
    good = world.copies()
    paths = {path.name: path for path in world.folder.rglob("*") if path.is_file()}
    data = good[damaged["sha256"]]
    paths[damaged["sha256"]].write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    paths[gone["sha256"]].unlink()
    metrics = world.folder.with_name("mirror.prom")
    status, counts, progress = world.command("verify", "--days", "0", "--metrics-file", str(metrics))

    assert (status, counts["repaired"], counts["failed"]) == (0, 2, 0)
    assert 'registry_mirror_verified_copies{outcome="repaired"} 2\n' in metrics.read_text()
    assert world.copies() == good
    assert "repaired" in progress
    assert world.command("verify", "--days", "0")[1]["intact"] == 2
    shutil.rmtree(world.folder)
    world.forget_origin()
    status, counts, progress = world.command("verify", "--days", "0", "--metrics-file", str(metrics))
    assert (status, counts["failed"]) == (1, 2)
    assert 'registry_mirror_verified_copies{outcome="failed"} 2\n' in metrics.read_text()
    assert "wheel_not_found" in progress


def test_a_sweep_of_new_copies_removes_nothing_and_a_mirror_that_is_off_says_so(world: World) -> None:
    with world.serving():
        world.registers()
    before = world.copies()
    assert world.command("sweep")[:2] == (0, dict.fromkeys(("kept", "intact", "repaired", "removed", "failed"), 0))
    assert world.copies() == before
    status, said, _ = world.command("sweep", REGISTRY_MIRROR="off")
    assert status == 2
    assert "REGISTRY_MIRROR: is off" in str(said)
