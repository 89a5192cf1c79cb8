"""docker/nginx.conf under floods from one address, while others release and read. See `make test-proxy`."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from tests.proxy.conftest import Served
from tests.support.connections import HALF_A_HEAD, HTTP2_PREFACE, UPGRADE_TO_HTTP2, answer, connections, is_closed
from tests.support.waiting import wait_until

ATTACKER = "127.0.0.9"
NEIGHBOUR = "127.0.0.10"
MANY = 3_000
LATEST = "/providers/platform/gcp/versions/latest"
BODY_BYTES = 2_900_000
MOST_READERS = 8

TRICKLED_BODY = (
    b"POST /console/provider-versions HTTP/1.1\r\nHost: registry\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n"
) % BODY_BYTES + b" " * (BODY_BYTES // 2)


@pytest.mark.parametrize(
    "sent", [b"", HALF_A_HEAD, HTTP2_PREFACE[:10]], ids=["silent", "half-a-head", "half-a-preface"]
)
def test_connections_without_a_request_do_not_keep_a_release_out(served: Served, sent: bytes) -> None:
    with connections(served.stack.url, MANY, sent=sent, source=ATTACKER):
        assert_others_are_served(served)


@pytest.mark.parametrize("sent", [b"", HALF_A_HEAD], ids=["silent", "half-a-head"])
def test_connections_without_a_request_to_a_replica_do_not_keep_a_release_out(served: Served, sent: bytes) -> None:
    with ExitStack() as held:
        for replica in served.inside:
            held.enter_context(connections(replica.url, MANY // 2, sent=sent, source=ATTACKER))

        assert_others_are_served(served)
        assert [replica.get("/health").status_code for replica in served.inside] == [200, 200]


@pytest.mark.parametrize(("sent", "trickled"), [(b"", b""), (HALF_A_HEAD, b"x")], ids=["silent", "trickling"])
def test_a_head_has_to_be_complete_in_time_however_it_comes(served: Served, sent: bytes, trickled: bytes) -> None:
    with connections(served.stack.url, 1, sent=sent) as [connection]:
        wait_until(lambda: is_closed(connection, sending=trickled))


def test_bodies_without_a_token_are_neither_kept_nor_waited_for(served: Served) -> None:
    with connections(served.stack.url, 40, sent=TRICKLED_BODY, source=ATTACKER) as held:
        refused = {connection.recv(12) for connection in held}
        kept = served.files()
        assert_others_are_served(served)

    assert refused == {b"HTTP/1.1 401"}
    assert kept == []


@pytest.mark.parametrize("changes", [{"reader_connections 128": f"reader_connections {MOST_READERS}"}])
def test_answers_to_slow_readers_are_not_kept_on_disk_and_each_address_has_a_limited_number_of_them(
    served: Served,
) -> None:
    schema = {"config_schema": {"type": "object", "description": "x" * 60_000}}
    schemas = {f"kind{number}": schema for number in range(30)}
    assert served.stack.post({**served.host.upload(), "schemas": schemas}).status_code == 201
    with ThreadPoolExecutor(1) as thread, ExitStack() as opened:
        readers = [opened.enter_context(a_stalled_reader(served)) for _ in range(MOST_READERS)]
        started = [reader.recv(12, socket.MSG_WAITALL) for reader in readers]
        one_more = read_from(served, ATTACKER, LATEST)
        health = read_from(served, ATTACKER, "/health")
        neighbour = thread.submit(read_from, served, NEIGHBOUR, LATEST).result()
        kept = served.files()

    assert set(started) == {b"HTTP/1.1 200"}
    assert one_more.status_code == 429
    assert (one_more.headers["Content-Type"], one_more.headers["Retry-After"]) == ("application/problem+json", "1")
    assert (one_more.json()["code"], one_more.json()["status"]) == ("too_many_requests", 429)
    assert (health.status_code, neighbour.status_code) == (200, 200)
    assert kept == []


@pytest.mark.parametrize("changes", [{"rate=200r/s": "rate=1r/s", "burst=400 delay=200": "burst=4 delay=2"}])
def test_an_address_that_asks_too_often_waits_and_beyond_that_is_refused(served: Served) -> None:
    with ThreadPoolExecutor(20) as threads:
        asked = list(threads.map(lambda _: read_from(served, ATTACKER, "/schema"), range(20)))
    neighbour = read_from(served, NEIGHBOUR, "/schema")
    health = [read_from(served, ATTACKER, "/health").status_code for _ in range(20)]
    wait_until(lambda: len(served.lines("/schema")) > len(asked))
    limits = {line["limits"].split()[-1] for line in served.lines("/schema") if line["caller"] == ATTACKER}

    assert {answered.status_code for answered in asked} == {neighbour.status_code, 429}
    assert limits == {"PASSED", "DELAYED", "REJECTED"}
    assert health == [200] * len(health)


def test_http2_is_refused_on_the_plain_port(served: Served) -> None:
    preface, upgrade = (answer(served.stack.url, request) for request in (HTTP2_PREFACE, UPGRADE_TO_HTTP2))

    assert preface.startswith(b"HTTP/1.1 400 ")
    assert upgrade.startswith(b"HTTP/1.1 200 ")


def assert_others_are_served(served: Served) -> None:
    bodies = [served.host.upload(f"1.0.{number}") for number in range(4)]
    with served.stack.posting(*bodies) as registered:
        health = served.stack.get("/health")
    assert [answered.result().status_code for answered in registered] == [201] * len(bodies)
    assert health.status_code == 200
    assert served.stack.get(LATEST).status_code == 200


def a_stalled_reader(served: Served) -> socket.socket:
    """Ask for more than the kernel keeps of unread answers, and take next to nothing of it."""
    address = urlsplit(served.stack.url)
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    reader.bind((ATTACKER, 0))
    reader.connect((address.hostname, address.port))
    reader.sendall(f"GET {LATEST} HTTP/1.1\r\nHost: registry\r\n\r\n".encode() * 4)
    return reader


def read_from(served: Served, source: str, path: str) -> httpx.Response:
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source), timeout=60) as client:
        return client.get(f"{served.stack.url}{path}")
