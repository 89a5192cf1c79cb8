"""Connections that never become requests leave the server to those that do."""

import pytest

from tests.e2e.conftest import Stack
from tests.support.connections import HALF_A_HEAD, HTTP2_PREFACE, UPGRADE_TO_HTTP2, answer, connections, is_closed
from tests.support.waiting import wait_until

MORE_THAN_A_BACKLOG = 1_500


@pytest.mark.parametrize("sent", [b"", HALF_A_HEAD], ids=["silent", "half-a-head"])
def test_connections_without_a_request_leave_room_for_a_release(stack: Stack, sent: bytes) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        with connections(stack.url, MORE_THAN_A_BACKLOG, sent=sent):
            registered = stack.post(stack.upload())
            health = stack.get("/health")

    assert registered.status_code == 201
    assert health.status_code == 200


@pytest.mark.parametrize(("sent", "trickled"), [(b"", b""), (HALF_A_HEAD, b"x")], ids=["silent", "trickling"])
def test_a_connection_without_a_whole_head_is_closed_in_time(stack: Stack, sent: bytes, trickled: bytes) -> None:
    with stack.server(REGISTRY_KEEP_ALIVE_SECONDS="1") as process:
        stack.wait_until_ready(process)
        with connections(stack.url, 1, sent=sent) as [connection]:
            wait_until(lambda: is_closed(connection, sending=trickled))


def test_a_worker_that_holds_as_many_connections_as_it_may_serves_again_once_their_time_is_up(stack: Stack) -> None:
    with stack.server(REGISTRY_MAX_CONNECTIONS="16", REGISTRY_KEEP_ALIVE_SECONDS="1") as process:
        stack.wait_until_ready(process)
        with connections(stack.url, 40):
            assert stack.get("/health").status_code == 200


def test_http2_is_refused_on_the_plain_port(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        preface, upgrade = answer(stack.url, HTTP2_PREFACE), answer(stack.url, UPGRADE_TO_HTTP2)

    assert preface == b"" or preface.startswith(b"HTTP/1.1 400 ")
    assert upgrade.startswith(b"HTTP/1.1 200 ")


def test_a_request_that_is_answered_before_its_body_came_does_not_break_its_connection(stack: Stack) -> None:
    half = b" " * 900_000
    request = (
        b"POST /console/provider-versions HTTP/1.1\r\nHost: registry\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % (2 * len(half))
    )
    with stack.server() as process:
        stack.wait_until_ready(process)
        with connections(stack.url, 1, sent=request + half) as [connection]:
            refused = connection.recv(65_536)
            connection.sendall(half + b"GET /health HTTP/1.1\r\nHost: registry\r\n\r\n")
            health = connection.recv(65_536)

    assert refused.startswith(b"HTTP/1.1 401 ")
    assert health.startswith(b"HTTP/1.1 200 ")
