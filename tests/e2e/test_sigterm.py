"""SIGTERM: what was begun is finished, what comes later is refused."""

import http.client
import signal
from contextlib import closing

import httpx
import pytest

from tests.e2e.test_killed_servers import workers_of
from tests.support.published import published
from tests.support.slow_host import SlowHost
from tests.support.stack import Stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults


def refuses(stack: Stack) -> bool:
    try:
        stack.get("/health/ready")
    except httpx.ConnectError:
        return True
    except httpx.TransportError:  # it came in while the door was closed: nothing of it was read
        return False
    return False


def test_requests_in_flight_are_finished_new_ones_refused_idle_connections_dropped_and_the_status_is_0(
    stack: Stack, slow_host: SlowHost
) -> None:
    uploads = [slow_host.upload_slowly(f"1.0.{number}") for number in range(4)]
    with (
        closing(http.client.HTTPConnection("127.0.0.1", int(stack.settings["REGISTRY_PORT"]), timeout=30)) as idle,
        stack.server(REGISTRY_WORKERS="2", **slow_host.settings) as process,
    ):
        stack.wait_until_ready(process)
        idle.request("GET", "/health")
        idle.getresponse().read()
        with stack.posting(*(body for body, _ in uploads)) as answers:
            for _, gate in uploads:
                gate.wait_until_reached()
            process.send_signal(signal.SIGTERM)
            wait_until(lambda: refuses(stack))
            finished = [answer for answer in answers if answer.done()]
            for _, gate in uploads:
                gate.opened.set()
            statuses = [answer.result().status_code for answer in answers]
        ended = process.wait(30)

    assert finished == []
    assert statuses == [201] * len(uploads)
    assert ended == 0
    assert published(stack.settings["DATABASE_URL"]) == {f"1.0.{number}": 1 for number in range(len(uploads))}


def test_a_worker_that_does_not_stop_is_killed_after_its_grace(stack: Stack) -> None:
    with stack.server(REGISTRY_SHUTDOWN_GRACE_SECONDS="1") as process:
        stack.wait_until_ready(process)
        (worker,) = workers_of(process)
        worker.suspend()  # as a thread that never lets go of the interpreter would make it
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not worker.is_running()
