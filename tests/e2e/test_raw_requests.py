"""Bytes on a real socket that no HTTP library would send: never a 500, and nothing unhandled in the log."""

import json
import re
import socket
from contextlib import suppress

from tests.e2e.conftest import Stack

FINAL_STATUS = re.compile(rb"^HTTP/1\.[01] ([2-5]\d\d)", re.MULTILINE)
ROUTE = b"/console/provider-versions"
VERSION = b"/providers/platform/gcp/versions/1.0.0"

METHODS = [
    method + b" " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    for method in (b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT", b"FOO", b"get")
    for path in (b"/health", ROUTE, VERSION, b"/schema", b"/nowhere")
]
PATHS = [
    b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    for path in (
        *(b"", b"*", b"//", b"/%", b"/%zz", b"/\xff", b"/\x00", b"/" + b"a" * 7_000, b"/" + b"a" * 100_000),
        *(b"http://elsewhere.example.com/health", b"/" + b"a/" * 3_000, b"/schema/%2e%2e", b"/health?%ff=%00"),
        *(VERSION + end for end in (b"%00", b"%2F", b"%2f..", b"/../..", b"%ff%fe", b"%ED%A0%80", b";x", b"%20")),
        *(b"/providers/platform%2Fgcp/versions", b"/providers//gcp/versions", b"/providers/%00/%0a/versions/latest"),
    )
]
HEADERS = [
    *(b"Content-Type: application/json;;;=;x", b'Content-Type: application/json; charset="', b"Content-Type: \xff\xfe"),
    *(b"Content-Type: application/json\r\nContent-Type: text/plain", b"Content-Encoding: ", b"Expect: 200-maybe"),
    *(b"X-Request-ID: \xff", b"X-Request-ID: a\r\nX-Request-ID: b", b"Cookie: \xff=\xfe; ;;=;", b"Accept: \xff"),
    *(b"Authorization: Bearer \xff\xfe", b"X: " + b"a" * 300_000, b"no colon", b": no name", b"Range: bytes=0-1"),
    b"Upgrade: websocket\r\nConnection: Upgrade",
]
LENGTHS = [
    *(b"Content-Length: -1", b"Content-Length: 99999999999999999999", b"Content-Length: 9999999", b"X: no length"),
    *(b"Content-Length: 2\r\nContent-Length: 3", b"Transfer-Encoding: chunked", b"Transfer-Encoding: \xff"),
]
BODIES = [
    *(b"", b"null", b"\x00", b"\xff", b"\xef\xbb\xbf{}", b'{"version": 1e400}', b'{"name": "\\ud800"}', b"[" * 100_000),
    *(b'{"x": ' + b"9" * 5_000 + b"}", b'{"x": 0.' + b"1" * 100_000 + b"}", b'{"\\u0000": {"\\u001b": []}}', b"{} {}"),
]


def test_whatever_arrives_on_the_socket_is_answered_and_never_with_a_500(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        authorised = b"Authorization: " + stack.headers()["Authorization"].encode()
        as_json, good = b"Content-Type: application/json", json.dumps(stack.upload()).encode()
        requests = [
            *METHODS,
            *PATHS,
            *(a_post(good, authorised, header, as_json, a_length(good)) for header in HEADERS),
            *(a_post(good, authorised, as_json, header) for header in LENGTHS),
            *(a_post(body, authorised, as_json, a_length(body)) for body in BODIES),
        ]

        answers = [(request, status_of(stack, request)) for request in requests]
        registered = status_of(stack, a_post(good, authorised, as_json, a_length(good)))

    assert [(request[:200], status) for request, status in answers if not 200 <= status < 500] == []
    assert registered in {200, 201}


def test_a_body_comes_in_chunks_or_after_a_100_continue_as_well(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        authorised = (
            b"Authorization: " + stack.headers()["Authorization"].encode() + b"\r\nContent-Type: application/json"
        )
        good = json.dumps(stack.upload()).encode()
        half = len(good) // 2
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (good[:half], good[half:], b""))

        chunked = status_of(stack, a_post(chunks, authorised, b"Transfer-Encoding: chunked"))
        waited = status_of(stack, a_post(good, authorised, a_length(good), b"Expect: 100-continue"))

    assert (chunked, waited) == (201, 200)


GOOD_HOSTS = [
    *(
        b"Host: x",
        b"Host: registry.example.com:8080",
        b"Host: [::1]:8000",
        b"Host: under_score",
        b"hOST: X",
        b"Host:   x  ",
    ),
]
BAD_HOSTS = [
    *(b"Host: x\r\nHost: x", b"Host: x\r\nHost: y", b"Host: x\r\nX: y\r\nhost: x", b"Host:", b"X: no host"),
    *(b"Host: me@x", b"Host: me:pw@x", b"Host: x/path", b"Host: x?q", b"Host: x#f", b"Host: x y", b"Host: x, y"),
    *(
        b"Host: x:y",
        b"Host: x:1:2",
        b"Host: http://x",
        b"Host: [::1",
        b"Host: \xff",
        b"Host: x\\y",
        b"Host: -",
        b"Host: ..",
    ),
    *(b"Host: x%2fy", b"Host: <x>", b'Host: "x"', b"Host: x:123456"),
]


def test_a_request_has_one_host_and_it_is_well_formed(stack: Stack) -> None:
    paths = (b"/health", VERSION, b"/metrics", b"/nowhere", b"http://elsewhere.example.com/health")
    with stack.server() as process:
        stack.wait_until_ready(process)
        refused = {
            (path, host): status_of(stack, b"GET " + path + b" HTTP/1.1\r\n" + host + b"\r\n\r\n")
            for path in paths
            for host in BAD_HOSTS
            if not (path.startswith(b"http") and b"no host" in host)  # the server takes that of the target
        }
        answered = {host: status_of(stack, b"GET /health HTTP/1.1\r\n" + host + b"\r\n\r\n") for host in GOOD_HOSTS}
        old = status_of(stack, b"GET /health HTTP/1.0\r\n\r\n")

    assert {case: status for case, status in refused.items() if status != 400} == {}
    assert {case: status for case, status in answered.items() if status != 200} == {}
    assert old == 200


def test_the_server_as_a_whole_has_options_and_every_answer_is_protected(stack: Stack) -> None:
    requests = [
        *(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        *(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", b"HEAD /schema HTTP/1.1\r\nHost: x\r\n\r\n"),
        b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
    ]
    with stack.server() as process:
        stack.wait_until_ready(process)
        heads = [head_of(stack, request) for request in requests]

    assert heads[0].startswith(b"HTTP/1.1 204")
    assert b"\r\nallow: DELETE, GET, HEAD, OPTIONS, POST, PUT\r\n" in heads[0]
    for head in heads:
        for field in (b"content-security-policy", b"x-content-type-options", b"referrer-policy", b"cache-control"):
            assert head.count(b"\r\n" + field + b": ") == 1, (field, head)


def test_metrics_answer_under_one_spelling_of_their_path(stack: Stack) -> None:
    targets = (
        b"/metrics",
        b"/metrics?x=/",
        b"/metrics/",
        b"//metrics",
        b"/%6detrics",
        b"/METRICS",
        b"/metrics%2f",
        b"/./metrics",
    )
    with stack.server() as process:
        stack.wait_until_ready(process)
        answers = [status_of(stack, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n") for target in targets]

    assert answers == [200, 200, 404, 404, 404, 404, 404, 404]


def a_post(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"POST " + ROUTE + b" HTTP/1.1", b"Host: x", *headers, b"", body])


def a_length(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


def status_of(stack: Stack, request: bytes) -> int:
    """Send the bytes and return the first status that is not 1xx, or 0 if the connection ends without one."""
    status = FINAL_STATUS.search(head_of(stack, request))
    return int(status[1]) if status else 0


def head_of(stack: Stack, request: bytes) -> bytes:
    """Send the bytes and return the answer up to the end of its head, or to where the connection ends."""
    answer = b""
    with (
        socket.create_connection(("127.0.0.1", int(stack.settings["REGISTRY_PORT"])), timeout=30) as connection,
        suppress(ConnectionError),  # refused before the request was read to its end
    ):
        connection.sendall(request)
        while received := connection.recv(65_536):
            answer += received
            if (found := FINAL_STATUS.search(answer)) and b"\r\n\r\n" in answer[found.start() :]:
                break
    return answer
