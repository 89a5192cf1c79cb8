"""docker/nginx.conf in a real nginx (Debian's package nginx), before two real replicas. See `make test-proxy`."""

import signal

import httpx
import pytest

from tests.e2e.test_command_line import run
from tests.e2e.test_killed_servers import kill
from tests.proxy.conftest import Served
from tests.support.stack import Stack
from tests.support.waiting import wait_until

LATEST = "/providers/platform/gcp/versions/latest"
TURNS = 20


def test_both_replicas_answer_under_the_name_that_the_caller_gave_its_request(served: Served) -> None:
    named = {"X-Request-ID": "release-4711"}
    registered = served.stack.post(served.host.upload())
    for _ in range(TURNS):
        httpx.get(f"{served.stack.url}{LATEST}", headers=named, trust_env=False).raise_for_status()
    unnamed = served.stack.get(LATEST)
    wait_until(lambda: len(served.lines(LATEST)) > TURNS)
    lines = served.lines(LATEST)

    assert registered.status_code == 201
    assert len({line["replica"] for line in lines}) == len(served.replicas)
    assert [line["request_id"] for line in lines] == ["release-4711"] * TURNS + [unnamed.headers["X-Request-ID"]]


def test_nobody_notices_a_replica_that_is_dead(served: Served) -> None:
    kill(served.replicas[0])
    wait_until(lambda: refuses(served.inside[0]))  # its workers die a moment later, with what they had taken on
    registered = [served.stack.post(served.host.upload(f"1.0.{number}")).status_code for number in range(TURNS)]
    read = [served.stack.get(LATEST).status_code for _ in range(TURNS)]

    assert registered == [201] * TURNS
    assert read == [200] * TURNS


def test_a_schema_is_named_under_the_address_that_the_caller_used(served: Served) -> None:
    schemas = {"bucket": {"config_schema": {"type": "object"}}}
    served.stack.post({**served.host.upload(), "schemas": schemas})
    path = "/providers/platform/gcp/versions/1.0.0/schemas/bucket"

    assert served.stack.get(path).json()["$id"] == f"{served.stack.url}{path}"


@pytest.mark.parametrize("path", ["/metrics", "/metrics?x=1", "/%6detrics", "/x/../metrics", "//metrics", "/metrics/"])
def test_metrics_stay_inside(served: Served, path: str) -> None:
    assert served.stack.get(path).status_code == 404


def test_the_registry_itself_refuses_a_large_body(served: Served) -> None:
    answer = served.stack.post({**served.host.upload(), "changelog": "x" * 2_500_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_stream_of_changes_is_passed_on_as_it_comes(served: Served) -> None:
    assert run("log", "init", **served.stack.settings).returncode == 0
    url = f"{served.stack.url}/changes/stream"
    with httpx.stream("GET", url, trust_env=False, timeout=20) as answer:  # it goes on for 55 seconds
        chunks = answer.iter_text()
        first = next(chunks)
        served.stack.post(served.host.upload())
        later = next(chunk for chunk in chunks if "event: version.published" in chunk)

    assert "event: log.opened" in first
    assert "platform/gcp@" in later


def test_a_registration_in_flight_is_answered_before_the_proxy_ends(served: Served) -> None:
    body, gate = served.host.upload_slowly()
    with served.stack.posting(body) as (registered,):
        gate.wait_until_reached()
        served.proxy.send_signal(signal.SIGQUIT)
        wait_until(lambda: refuses(served.stack))
        gate.opened.set()
    assert registered.result().status_code == 201
    assert served.proxy.wait(30) == 0


def refuses(stack: Stack) -> bool:
    try:
        stack.get("/health")
    except httpx.TransportError as error:  # a connection that comes at the very end is cut off unanswered
        return isinstance(error, httpx.ConnectError)
    return False
