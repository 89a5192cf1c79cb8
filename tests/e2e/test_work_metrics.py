"""What a worker process of its own shows of itself."""

import signal
import socket
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.test_command_line import run
from tests.e2e.test_work import LARGE, World
from tests.support.slow_host import SlowHost
from tests.support.stack import Stack
from tests.support.waiting import wait_until


@pytest.fixture
def world(stack: Stack, slow_host: SlowHost, database_dsn: str, tmp_path: Path) -> World:
    return World(stack, slow_host, tmp_path, database_dsn)


def test_a_worker_shows_its_metrics_and_its_health_on_a_port_of_its_own(world: World) -> None:
    body = world.host.upload(files=LARGE)
    with world.serving(), world.showing() as (process, worker):
        world.accept(body)
        wait_until(lambda: world.lines("task_ended"))
        shown = worker.get("/metrics")
        statuses = {path: worker.get(path).status_code for path in ("/health", "/health/ready", "/providers")}
        head = worker.head("/metrics")
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=30)
    counted = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(shown.text)
        for sample in family.samples
    }
    assert counted["registry_task_duration_seconds_count", "registration", "done"] == 1
    assert counted["registry_stage_duration_seconds_count", "fetch"] == 1
    assert counted["registry_wheel_size_bytes_sum",] > 5_000_000
    assert statuses == {"/health": 200, "/health/ready": 200, "/providers": 404}
    assert (head.status_code, head.content) == (200, b"")
    assert status == 0


def test_a_worker_whose_port_is_taken_does_not_start_and_says_what_to_do(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        tried = run("work", **{**world.settings, "REGISTRY_TASKS": "checks", "REGISTRY_WORK_METRICS_PORT": port})
    assert tried.returncode == 1
    assert "set REGISTRY_HOST or REGISTRY_WORK_METRICS_PORT" in tried.stderr
