"""What a worker process of its own shows of itself."""

import signal
import socket
from contextlib import ExitStack, suppress
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


@pytest.mark.hostile
def test_what_no_scraper_sends_keeps_no_probe_out_and_finds_nothing(world: World) -> None:
    with world.showing() as (process, worker), ExitStack() as held:
        where = (worker.base_url.host, worker.base_url.port)
        silent = [held.enter_context(socket.create_connection(where)) for _ in range(100)]
        for connection in silent[:50]:
            connection.sendall(b"GET /metrics HTTP/1.1\r\nX-Never-Ends: ")
        for head in (b"nonsense\r\n\r\n", b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n"):
            with suppress(ConnectionError), socket.create_connection(where) as connection:
                connection.sendall(head)
                assert not connection.recv(12).startswith(b"HTTP/1.1 2")
        asked = [
            ("POST", "/health"),
            ("DELETE", "/metrics"),
            ("GET", "//metrics"),
            ("GET", "/%6detrics"),
            ("GET", "/x/.."),
        ]
        statuses = [worker.request(method, path, content=b"x" * 10_000).status_code for method, path in asked]
        health = worker.get("/health", headers={"Accept": "x/y", "Range": "bytes=0-0", "Host": "elsewhere"})
        assert process.poll() is None
    assert statuses == [405, 405, 404, 404, 404]
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
