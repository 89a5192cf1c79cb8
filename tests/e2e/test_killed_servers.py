"""A registration whose server is killed leaves all or nothing, wherever it was, and the retry succeeds."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.clusters import is_alive
from tests.support.points import Point, Scene, asking_clerk, committing, fetching, validating, writing
from tests.support.postgres import fetch
from tests.support.postgres_sessions import wait_until_alone
from tests.support.slow_host import SlowHost
from tests.support.stack import Stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

WRITTEN = """
    SELECT v.version, v.status, e.action FROM providers
    LEFT JOIN provider_versions v USING (prefix, name) LEFT JOIN version_events e ON e.version_id = v.id
    ORDER BY v.version
"""
POINTS: dict[str, Point] = {
    "1.0.0": asking_clerk,
    "1.0.1": fetching,
    "1.0.2": validating,
    "1.0.3": writing,
    "1.0.4": committing,
}


@pytest.fixture
def scene(stack: Stack, slow_host: SlowHost, fresh_database_dsn: str, tmp_path: Path) -> Scene:
    spool = tmp_path / "spool"
    spool.mkdir()
    return Scene(stack, slow_host, fresh_database_dsn, spool)


@contextmanager
def serving(scene: Scene) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "DATABASE_URL": scene.dsn,
        "REGISTRY_WHEEL_SPOOL_DIR": str(scene.spool),
        "REGISTRY_LOG_LEVEL": "debug",  # points are known by their lines
        **scene.host.settings,
    }
    with scene.stack.server(**settings) as process:
        scene.stack.wait_until_ready(process)
        yield process


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def kill(process: subprocess.Popen[bytes]) -> None:
    workers = workers_of(process)
    process.kill()
    process.wait()
    assert workers
    wait_until(lambda: not any(is_alive(worker) for worker in workers))


def test_a_server_killed_anywhere_in_a_registration_leaves_all_or_nothing_and_the_retry_succeeds(scene: Scene) -> None:
    bodies, written, spooled = [], [], []
    for version, point in POINTS.items():
        with serving(scene) as process, point(scene, version) as body:
            spooled.append(len(list(scene.spool.iterdir())))
            kill(process)
        wait_until_alone(scene.dsn)
        bodies.append(body)
        written.append(fetch(scene.dsn, WRITTEN))
    with serving(scene):
        left = list(scene.spool.iterdir())
        retried = [scene.stack.post(body).status_code for body in bodies]

    assert spooled == [0, 1, 1, 0, 0]
    assert left == []
    assert written == [[], [], [], [], [("1.0.4", "published", "published")]]
    assert retried == [201, 201, 201, 201, 200]
    assert fetch(scene.dsn, WRITTEN) == [(version, "published", "published") for version in POINTS]


def test_a_killed_worker_is_replaced_and_the_retry_registers(scene: Scene) -> None:
    with serving(scene) as process:
        with fetching(scene, "1.0.0") as body:
            before = list(scene.spool.iterdir())
            for worker in workers_of(process):
                worker.kill()
        scene.stack.wait_until_ready(process)
        after = list(scene.spool.iterdir())
        retried = scene.stack.post(body)

    assert (len(before), after) == (1, [])
    assert retried.status_code == 201, retried.text
    assert fetch(scene.dsn, WRITTEN) == [("1.0.0", "published", "published")]
