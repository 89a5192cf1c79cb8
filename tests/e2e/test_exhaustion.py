"""One thing runs out; what does not need it goes on."""

from contextlib import ExitStack

import pytest

from entrypoints.development.clerk.faults import Paused
from tests.support.postgres_sessions import holding, wait_until_somebody_waits
from tests.support.slow_host import SlowHost
from tests.support.stack import Stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

LOCKED = "LOCK TABLE version_events IN SHARE ROW EXCLUSIVE MODE"


def test_registrations_that_wait_for_clerk_or_a_wheel_hold_no_connection(stack: Stack, slow_host: SlowHost) -> None:
    paused, uploads = Paused(), [slow_host.upload_slowly(f"1.0.{number}") for number in range(5)]
    with ExitStack() as leaving, stack.server(REGISTRY_DATABASE_POOL_SIZE="1", **slow_host.settings) as process:
        stack.wait_until_ready(process)
        fetching = leaving.enter_context(stack.posting(*(body for body, _ in uploads)))
        for _, gate in uploads:
            leaving.callback(gate.opened.set)
            gate.wait_until_reached()
        stack.clerk.faults.next(paused)
        opaque = stack.clerk.mint(stack.release)
        asking = leaving.enter_context(stack.posting(slow_host.upload("2.0.0"), token=opaque))
        wait_until(paused.arrived.is_set)
        leaving.callback(stack.clerk.faults.clear)
        meanwhile = stack.post(slow_host.upload("3.0.0"))
        read = stack.get("/providers/platform/gcp/versions/3.0.0")
        leaving.close()

    assert (meanwhile.status_code, read.status_code) == (201, 200)
    assert {answer.result().status_code for answer in (*fetching, *asking)} == {201}


def test_a_machine_with_too_many_registrations_in_flight_is_429_until_one_has_finished(
    stack: Stack, slow_host: SlowHost
) -> None:
    body, gate = slow_host.upload_slowly()
    with stack.server(REGISTRY_MAX_IN_FLIGHT="1", **slow_host.settings) as process:
        stack.wait_until_ready(process)
        with stack.posting(body):
            gate.wait_until_reached()
            refused = stack.post(slow_host.upload("1.0.1"))
            gate.opened.set()
        admitted = stack.post(slow_host.upload("1.0.1"))

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_registrations")
    assert int(refused.headers["Retry-After"]) > 0
    assert admitted.status_code == 201


def test_without_a_free_connection_requests_are_503_until_there_is_one(stack: Stack, slow_host: SlowHost) -> None:
    dsn, latest = stack.settings["DATABASE_URL"], "/providers/platform/gcp/versions/latest"
    with ExitStack() as lock, stack.server(REGISTRY_DATABASE_POOL_SIZE="1", **slow_host.settings) as process:
        stack.wait_until_ready(process)
        lock.enter_context(holding(dsn, LOCKED))
        with stack.posting(slow_host.upload()) as (writing,):
            wait_until_somebody_waits(dsn)
            refused = stack.get(latest)
            lock.close()
        read = stack.get(latest)

    assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert (writing.result().status_code, read.status_code) == (201, 200)
