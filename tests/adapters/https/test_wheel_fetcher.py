"""Wheel hosts that lie, stall, break off or lead astray."""

import asyncio
import logging
import os
import random
import resource
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest
import stamina
import structlog
import structlog.testing

from adapters.https.address_policy import AddressPolicy
from adapters.https.download import MinimumThroughput
from adapters.https.policy import FetchPolicy
from adapters.https.spool import SpoolFile, remove_leftovers
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from application.errors import SpoolUnavailableError, TooManyFetchesError, WheelHostFailedError, WheelHostTimeoutError
from domain.errors import RegistryError, WheelProblem, WheelRefusedError
from domain.wheel.url import WheelUrl
from tests.support.certificates import CertificateAuthority
from tests.support.contents import bytes_of
from tests.support.https_host import (
    Exchange,
    HttpsHost,
    Reply,
    chunked,
    endless,
    file,
    hang,
    https_host,
    raw,
    redirect,
    reset,
    status,
    staying,
)

pytestmark = pytest.mark.hostile

PATH = "/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
NAME = "wheels.example.com"
WHEEL = bytes(range(256)) * 100
OK = b"HTTP/1.1 200 OK\r\n"
POLICY = FetchPolicy(max_bytes=100_000, first_delay=0.25)
IMPATIENT = replace(POLICY, answer_timeout=0.5, min_rate=50_000, rate_window=0.3)


class ScriptedResolver:
    """Gives one answer after the other, the last one again and again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class FailingResolver(ScriptedResolver):
    """Always fails in the same way."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code

    async def resolve(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        raise socket.gaierror(self.code, "no answer")


@dataclass
class World:
    """A fetcher that logs its waits and skips them, its spool, and the host."""

    host: HttpsHost
    authority: CertificateAuthority
    spool: Path
    resolver: ScriptedResolver = field(default_factory=lambda: ScriptedResolver(["127.0.0.1"]))
    policy: FetchPolicy = POLICY
    logged: list[structlog.types.EventDict] = field(default_factory=list)

    def fetcher(self) -> HttpsWheelFetcher:
        return HttpsWheelFetcher(
            self.policy,
            addresses=AddressPolicy.parse(networks=["127.0.0.1/32"]),
            tls=self.authority.client_context(),
            spool_directory=self.spool,
            resolver=self.resolver,
        )

    @property
    def waits(self) -> list[float]:
        return [line["wait"] for line in self.logged if line["event"] == "wheel_fetch_retried"]

    def url(self, host: str = "127.0.0.1") -> WheelUrl:
        return WheelUrl.parse(self.host.url(PATH, host))

    async def fetch(self, host: str = "127.0.0.1") -> bytes:
        with await self.fetcher().fetch(self.url(host)) as fetched:
            return bytes_of(fetched.content)

    async def refusal(self, host: str = "127.0.0.1") -> RegistryError:
        with pytest.raises(RegistryError) as refusal:
            await self.fetch(host)
        return refusal.value


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority()


@pytest.fixture
async def world(authority: CertificateAuthority, tmp_path: Path) -> AsyncIterator[World]:
    with stamina.set_testing(True, attempts=10**6, cap=True), structlog.testing.capture_logs() as logged:
        async with https_host(authority.server_context("127.0.0.1", NAME)) as host:
            yield World(host, authority, tmp_path, logged=logged)
            assert _files_in(tmp_path) == []


def _answer(*fields: str, body: bytes = b"") -> Reply:
    return raw(OK + "".join(f"{line}\r\n" for line in fields).encode("latin-1") + b"\r\n" + body)


CASES: dict[str, tuple[list[Reply], type[RegistryError], WheelProblem | None]] = {
    "404": ([status(404)], WheelRefusedError, WheelProblem.NOT_FOUND),
    "410": ([status(410)], WheelRefusedError, WheelProblem.NOT_FOUND),
    "401": ([status(401, "WWW-Authenticate: Basic")], WheelHostFailedError, None),
    "403": ([status(403)], WheelHostFailedError, None),
    "418": ([status(418)], WheelHostFailedError, None),
    "500": ([status(500)], WheelHostFailedError, None),
    "201": ([status(201, body=WHEEL)], WheelHostFailedError, None),
    "203": ([status(203, body=WHEEL)], WheelHostFailedError, None),
    "204": ([raw(b"HTTP/1.1 204 No Content\r\n\r\n")], WheelHostFailedError, None),
    "206": ([status(206, "Content-Range: bytes 0-9/20", body=WHEEL[:10])], WheelHostFailedError, None),
    "304": ([raw(b"HTTP/1.1 304 Not Modified\r\n\r\n")], WheelHostFailedError, None),
    "101": (
        [raw(b"HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", WHEEL, hold=True)],
        WheelHostFailedError,
        None,
    ),
    "status 99": ([raw(b"HTTP/1.1 99 No\r\n\r\n")], WheelHostFailedError, None),
    "always busy": ([status(429)], WheelHostFailedError, None),
    "always down": ([status(503, "Retry-After: 1")], WheelHostFailedError, None),
    "gzip": ([_answer("Content-Encoding: gzip", "Content-Length: 3", body=b"abc")], WheelHostFailedError, None),
    "two encodings": (
        [_answer("Content-Encoding: identity", "Content-Encoding: br", "Content-Length: 3", body=b"abc")],
        WheelHostFailedError,
        None,
    ),
    "two lengths": (
        [_answer("Content-Length: 3", "Content-Length: 4", body=b"abcd")],
        WheelHostFailedError,
        None,
    ),
    "a list of lengths": ([_answer("Content-Length: 3, 4", body=b"abcd")], WheelHostFailedError, None),
    "a negative length": ([_answer("Content-Length: -3", body=b"abc")], WheelHostFailedError, None),
    "a length that is no number": ([_answer("Content-Length: ³", body=b"abc")], WheelHostFailedError, None),
    "a length of many digits": ([_answer("Content-Length: " + "9" * 5000, body=b"abc")], WheelHostFailedError, None),
    "chunked with a length": (
        [_answer("Content-Length: 3", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n")],
        WheelHostFailedError,
        None,
    ),
    "an unknown transfer encoding": (
        [_answer("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n")],
        WheelHostFailedError,
        None,
    ),
    "no length": ([_answer("Connection: close", body=WHEEL)], WheelHostFailedError, None),
    "HTTP/1.0 without a length": ([raw(b"HTTP/1.0 200 OK\r\n\r\n" + WHEEL)], WheelHostFailedError, None),
    "a short body": ([_answer("Content-Length: 9999", body=WHEEL[:500])], WheelHostFailedError, None),
    "a short body behind its head": (
        [raw(OK + b"Content-Length: 9999\r\n\r\n", WHEEL[:500])],
        WheelHostFailedError,
        None,
    ),
    "a short chunk": ([_answer("Transfer-Encoding: chunked", body=b"ff\r\nabc")], WheelHostFailedError, None),
    "chunks without an end": (
        [_answer("Transfer-Encoding: chunked", body=b"3\r\nabc\r\n")],
        WheelHostFailedError,
        None,
    ),
    "a chunk of nonsense": ([_answer("Transfer-Encoding: chunked", body=b"xyz\r\nabc")], WheelHostFailedError, None),
    "too long a length": ([_answer("Content-Length: 100001")], WheelRefusedError, WheelProblem.TOO_LARGE),
    "too long a chunked body": ([chunked(b"x" * 100_001)], WheelRefusedError, WheelProblem.TOO_LARGE),
    "an endless chunked body": (
        [endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n")],
        WheelRefusedError,
        WheelProblem.TOO_LARGE,
    ),
    "a reset at once": ([reset], WheelHostFailedError, None),
    "nothing at all": ([raw()], WheelHostFailedError, None),
    "half a header": ([raw(OK + b"Content-Le")], WheelHostFailedError, None),
    "not HTTP": ([raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")], WheelHostFailedError, None),
    "HTTP/2": ([raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")], WheelHostFailedError, None),
    "noise": ([raw(random.Random(1).randbytes(4096))], WheelHostFailedError, None),
    "a NUL in a header": ([_answer("X: a\x00b", "Content-Length: 0")], WheelHostFailedError, None),
    "a huge header": ([_answer("X: " + "x" * 200_000, "Content-Length: 0")], WheelHostFailedError, None),
    "an endless header": ([endless(OK, b"X: " + b"x" * 1000 + b"\r\n")], WheelHostFailedError, None),
    "silence": ([hang], WheelHostTimeoutError, None),
    "silence in the body": (
        [raw(OK + b"Content-Length: 9999\r\n\r\nabc", hold=True)],
        WheelHostTimeoutError,
        None,
    ),
    "a slow header": ([endless(OK, b"x", pause=0.01)], WheelHostTimeoutError, None),
    "endless early hints": ([endless(b"", b"HTTP/1.1 103 Hints\r\n\r\n", pause=0.01)], WheelHostTimeoutError, None),
    "a dripping body": (
        [endless(OK + b"Content-Length: 99999\r\n\r\n", b"x", pause=0.01)],
        WheelHostTimeoutError,
        None,
    ),
    "a redirect loop": ([redirect(PATH)], WheelRefusedError, WheelProblem.REDIRECT_FORBIDDEN),
    "a redirect to http": ([redirect(f"http://{NAME}{PATH}")], WheelRefusedError, WheelProblem.REDIRECT_FORBIDDEN),
    "a redirect with a user": (
        [redirect(f"https://user:secret@{NAME}{PATH}")],
        WheelRefusedError,
        WheelProblem.REDIRECT_FORBIDDEN,
    ),
    "a redirect to a number": ([redirect("https://2130706433/")], WheelRefusedError, WheelProblem.REDIRECT_FORBIDDEN),
    "a redirect to metadata": (
        [redirect("https://169.254.169.254/latest/meta-data/")],
        WheelRefusedError,
        WheelProblem.ADDRESS_FORBIDDEN,
    ),
    "a redirect to a private address": (
        [redirect("https://10.0.0.1/x.whl", 308)],
        WheelRefusedError,
        WheelProblem.ADDRESS_FORBIDDEN,
    ),
    "a redirect to loopback behind NAT64": (
        [redirect("https://[64:ff9b::7f00:1]/x.whl", 307)],
        WheelRefusedError,
        WheelProblem.ADDRESS_FORBIDDEN,
    ),
    "a redirect to loopback in IPv6": (
        [redirect("https://[::ffff:127.0.0.1]/x.whl")],
        WheelRefusedError,
        WheelProblem.REDIRECT_FORBIDDEN,
    ),
    "a redirect to a broken international name": (
        [redirect("https://xn--0.example.com/x.whl")],
        WheelRefusedError,
        WheelProblem.REDIRECT_FORBIDDEN,
    ),
    "a redirect to what is no URL": ([redirect("https://[::1")], WheelRefusedError, WheelProblem.REDIRECT_FORBIDDEN),
    "a redirect to nowhere": ([status(302)], WheelHostFailedError, None),
    "a redirect to two places": (
        [status(302, "Location: /a.whl", "Location: /b.whl")],
        WheelHostFailedError,
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_misbehaving_host_is_answered_with_the_error_that_fits(world: World, case: str) -> None:
    replies, error, problem = CASES[case]
    if error is WheelHostTimeoutError:
        world.policy = IMPATIENT
    world.host.script(PATH, *replies)
    refusal = await world.refusal()
    assert type(refusal) is error
    assert getattr(refusal, "problem", None) is problem
    if error is WheelHostTimeoutError:
        assert "host 127.0.0.1 " in refusal.detail


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (["Content-Length: 3", "Transfer-Encoding: chunked"], "can't be present with Content-Length"),
        (["Content-Length: 3", "Content-Length: 3"], "Duplicate Content-Length"),
        (["Content-Length: 9"], "it has no end"),
        (["X: " + "x" * 40_000, "Content-Length: 3"], "more than 16384 bytes come without one of the file"),
    ],
)
async def test_the_refusal_of_an_answer_that_cannot_be_read_says_why(
    world: World, fields: list[str], reason: str
) -> None:
    world.host.script(PATH, _answer(*fields, body=b"abc"))
    refusal = await world.refusal()
    assert reason in refusal.detail


async def test_a_reset_in_the_middle_of_the_body_is_the_hosts_failure(world: World) -> None:
    async def reply(exchange: Exchange) -> None:
        await exchange.send(OK + b"Content-Length: 9999\r\n\r\nabc")
        exchange.reset()

    world.host.script(PATH, reply)
    assert isinstance(await world.refusal(), WheelHostFailedError)


async def test_whatever_bytes_a_host_sends_only_the_ports_errors_come_out(world: World) -> None:
    dice = random.Random(20260102)
    good = OK + b"Content-Length: 30\r\nTransfer-Encoding: chunked\r\nLocation: /\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    for _ in range(150):
        mutated = bytearray(good)
        for _ in range(dice.randint(1, 8)):
            at = dice.randrange(len(mutated))
            mutated[at : at + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
        world.host.script(PATH, raw(bytes(mutated)))
        try:
            await world.fetch()
        except RegistryError:
            continue


@pytest.mark.parametrize("reply", [file(WHEEL), chunked(WHEEL), chunked(WHEEL, size=1)])
async def test_a_file_is_fetched_whole(world: World, reply: Reply) -> None:
    world.host.script(PATH, reply)
    assert await world.fetch() == WHEEL


async def test_the_file_is_asked_for_plainly_and_under_the_name_as_it_was_written(world: World) -> None:
    world.host.script(PATH, file(WHEEL))
    await world.fetch(NAME)
    assert world.host.server_names == [NAME]
    assert world.host.requests[0].fields == {
        "host": f"{NAME}:{world.host.port}",
        "user-agent": "provider-registry",
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
    }


async def test_a_name_is_resolved_once_so_a_rebinding_changes_nothing(world: World) -> None:
    world.host.script(PATH, file(WHEEL))
    world.resolver = ScriptedResolver(["127.0.0.1"], ["169.254.169.254"])
    assert await world.fetch(NAME) == WHEEL
    assert world.resolver.asked == [NAME]


async def test_a_name_that_rebinds_between_two_hops_is_refused(world: World) -> None:
    world.host.script(PATH, redirect(f"{PATH}?signed"))
    world.host.script(f"{PATH}?signed", file(WHEEL))
    world.resolver = ScriptedResolver(["127.0.0.1"], ["10.0.0.1"])
    refusal = await world.refusal(NAME)
    assert isinstance(refusal, WheelRefusedError)
    assert refusal.problem is WheelProblem.ADDRESS_FORBIDDEN
    assert len(world.host.requests) == 1


async def test_one_private_answer_among_many_refuses_the_host(world: World) -> None:
    world.resolver = ScriptedResolver(["127.0.0.1", "10.0.0.1"])
    refusal = await world.refusal(NAME)
    assert isinstance(refusal, WheelRefusedError)
    assert refusal.problem is WheelProblem.ADDRESS_FORBIDDEN
    assert world.host.connections == 0


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_NODATA])
async def test_a_name_that_is_unknown_is_refused_as_quickly_as_one_at_a_forbidden_address(
    world: World, code: int
) -> None:
    world.resolver = FailingResolver(code)
    assert isinstance(await world.refusal(NAME), WheelHostFailedError)
    assert (world.resolver.asked, world.waits) == ([NAME], [])


async def test_a_name_service_that_fails_is_tried_again_and_then_the_hosts_failure(world: World) -> None:
    world.resolver = FailingResolver(socket.EAI_AGAIN)
    assert isinstance(await world.refusal(NAME), WheelHostFailedError)
    assert world.resolver.asked == [NAME] * 3


async def test_a_closed_port_is_tried_again_and_then_the_hosts_failure(world: World) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and never listens
        world.host.port = closed.getsockname()[1]
        assert isinstance(await world.refusal(), WheelHostFailedError)
    assert world.waits == [0.25, 0.5]


async def test_a_silent_name_service_is_tried_again_and_then_the_hosts_failure(world: World) -> None:
    class SilentResolver(ScriptedResolver):
        async def resolve(self, host: str) -> Sequence[str]:
            self.asked.append(host)
            await asyncio.Event().wait()
            return []

    world.policy = replace(POLICY, connect_timeout=0.05, answer_timeout=20)
    world.resolver = SilentResolver([])
    assert isinstance(await world.refusal(NAME), WheelHostTimeoutError)
    assert world.resolver.asked == [NAME] * 3


async def test_silence_in_the_body_ends_the_fetch_long_before_the_deadline(world: World) -> None:
    world.policy = replace(IMPATIENT, deadline=20)
    world.host.script(PATH, raw(OK + b"Content-Length: 9999\r\n\r\nabc", hold=True))
    assert "too long to answer" in (await world.refusal()).detail


async def test_a_certificate_for_another_name_is_not_accepted(world: World) -> None:
    world.host.script(PATH, file(WHEEL))
    assert isinstance(await world.refusal("other.example.com"), WheelHostFailedError)
    assert world.host.requests == []
    assert world.waits == []


async def test_a_certificate_of_another_authority_is_not_accepted(world: World) -> None:
    world.authority = CertificateAuthority()
    world.host.script(PATH, file(WHEEL))
    assert isinstance(await world.refusal(), WheelHostFailedError)
    assert world.host.requests == []


async def test_a_host_without_tls_is_the_hosts_failure(world: World) -> None:
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        world.host.port = server.sockets[0].getsockname()[1]
        assert isinstance(await world.refusal(), WheelHostFailedError)


async def test_a_host_that_breaks_off_in_the_handshake_is_tried_again_and_then_fails(world: World) -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.transport.abort()

    async with await asyncio.start_server(leave, "127.0.0.1", 0) as server:
        world.host.port = server.sockets[0].getsockname()[1]
        assert isinstance(await world.refusal(), WheelHostFailedError)
    assert world.waits == [0.25, 0.5]


async def test_cookies_are_neither_read_nor_sent_on(world: World) -> None:
    unreadable = "Set-Cookie: a=b; expires=1 Jan " + "9" * 5000  # the standard library warns of its own bug
    world.host.script(PATH, status(302, unreadable, "Set-Cookie: a=b; Path=/", "Location: /1"))
    world.host.script("/1", file(WHEEL))
    assert await world.fetch(NAME) == WHEEL
    assert "cookie" not in world.host.requests[1].fields


async def test_five_redirects_are_followed_each_on_a_connection_of_its_own(world: World) -> None:
    world.host.script(PATH, redirect("/1"))
    for hop, code in enumerate((301, 303, 307, 308), start=1):
        world.host.script(f"/{hop}", redirect(world.host.url(f"/{hop + 1}"), code))
    world.host.script("/5", file(WHEEL))
    assert await world.fetch() == WHEEL
    assert world.host.connections == 6
    assert all({"cookie", "authorization", "referer"}.isdisjoint(request.fields) for request in world.host.requests)


async def test_a_sixth_redirect_is_not_followed(world: World) -> None:
    world.host.script(PATH, redirect("/1"))
    for hop in range(1, 6):
        world.host.script(f"/{hop}", redirect(f"/{hop + 1}"))
    world.host.script("/6", file(WHEEL))
    refusal = await world.refusal()
    assert isinstance(refusal, WheelRefusedError)
    assert refusal.problem is WheelProblem.REDIRECT_FORBIDDEN
    assert [request.target for request in world.host.requests] == [PATH, "/1", "/2", "/3", "/4", "/5"]


async def test_a_redirect_to_presigned_storage_keeps_its_query_as_it_is_and_out_of_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    signed = "/bucket/key?X-Amz-Credential=a%2Fb&X-Amz-Signature=c+d%3D&response-content-type=application/zip"
    world.host.script(PATH, redirect(world.host.url(signed)))
    world.host.script(signed, file(WHEEL))
    with caplog.at_level(logging.INFO):
        assert await world.fetch() == WHEEL
    assert "Signature" not in caplog.text


@pytest.mark.parametrize("code", [429, 502, 503, 504])
async def test_a_busy_host_is_asked_again_after_growing_waits(world: World, code: int) -> None:
    world.host.script(PATH, status(code), status(code), file(WHEEL))
    assert await world.fetch() == WHEEL
    assert world.waits == [0.25, 0.5]


@pytest.mark.parametrize(
    ("fields", "waited"),
    [
        (["Retry-After: 7"], 7.0),
        (["Retry-After: 0"], 0.25),
        (["Retry-After: -1"], 0.25),
        (["Retry-After: ²"], 0.25),
        (["Retry-After: soon"], 0.25),
        (["Retry-After: Fri, 02 Jan 2026 03:04:09 GMT", "Date: Fri, 02 Jan 2026 03:04:05 GMT"], 4.0),
        (["Retry-After: Fri, 02 Jan 2026 03:04:05 GMT", "Date: Fri, 02 Jan 2026 03:04:09 GMT"], 0.25),
        (["Retry-After: Fri, 02 Jan 2026 03:04:09 GMT"], 0.25),
        ([f"Retry-After: Fri, 02 Jan {'9' * 20} 03:04:09 GMT", "Date: Fri, 02 Jan 2026 03:04:05 GMT"], 0.25),
        (["Retry-After: Fri, 02 Jan 2026 03:04:09 -0000", "Date: Fri, 02 Jan 2026 03:04:05 GMT"], 4.0),
    ],
)
async def test_the_wait_that_a_host_asks_for_is_honoured(world: World, fields: list[str], waited: float) -> None:
    world.host.script(PATH, status(503, *fields), file(WHEEL))
    assert await world.fetch() == WHEEL
    assert world.waits == [waited]


async def test_a_wait_beyond_the_deadline_is_not_begun(world: World) -> None:
    world.host.script(PATH, status(503, "Retry-After: 3600"), file(WHEEL))
    assert isinstance(await world.refusal(), WheelHostFailedError)
    assert world.waits == []


async def test_the_deadline_ends_a_download_that_every_other_limit_admits(world: World) -> None:
    world.policy = replace(POLICY, deadline=0.2, min_rate=1)
    world.host.script(PATH, endless(OK + b"Content-Length: 300\r\n\r\n", b"x", pause=0.01))
    assert isinstance(await world.refusal(), WheelHostTimeoutError)


@pytest.mark.parametrize(
    "reply", [hang, redirect(PATH), status(503, "Retry-After: 0")], ids=["silent", "redirecting", "busy"]
)
async def test_a_host_has_a_deadline_to_begin_however_it_delays_the_file(world: World, reply: Reply) -> None:
    unlimited = replace(POLICY, max_redirects=10**6, max_attempts=10**6, first_delay=0)
    world.policy = replace(unlimited, answer_timeout=20, start_deadline=0.3)
    world.host.script(PATH, reply)
    refusal = await world.refusal()
    assert isinstance(refusal, WheelHostTimeoutError | WheelHostFailedError)
    assert len(world.host.requests) < 10**4


async def test_a_file_that_began_in_time_may_take_longer(world: World) -> None:
    world.policy = replace(POLICY, start_deadline=20, deadline=0.3, min_rate=1)
    world.host.script(PATH, endless(OK + b"Content-Length: 99999\r\n\r\n", b"x", pause=0.01))
    assert "did not arrive" in (await world.refusal()).detail


@pytest.mark.parametrize("per_second", [18_000, 100_000])
def test_a_host_below_the_minimum_throughput_is_refused_after_fifteen_seconds(per_second: int) -> None:
    policy = FetchPolicy()
    rate = MinimumThroughput("wheels.example.com", policy.min_rate, policy.rate_window)
    for _ in range(14):
        rate.add(per_second, seconds=1)
    with pytest.raises(WheelHostTimeoutError):
        rate.add(per_second, seconds=1)


async def test_a_wheel_of_exactly_the_largest_size_is_accepted(world: World) -> None:
    for reply in (file(b"x" * 100_000), chunked(b"x" * 100_000)):
        world.host.script(PATH, reply)
        assert len(await world.fetch()) == 100_000


async def test_cancelling_a_download_leaves_nothing_behind(world: World) -> None:
    world.policy, sent = FetchPolicy(), asyncio.Event()

    async def reply(exchange: Exchange) -> None:
        await exchange.send(OK + b"Content-Length: 99999999\r\n\r\n")
        for _ in range(300):  # no kernel keeps as much, so most of it was received
            await exchange.send(bytes(100_000))
        sent.set()
        await exchange.hang()

    world.host.script(PATH, reply)
    task = asyncio.create_task(world.fetch())
    await sent.wait()
    assert _files_in(world.spool)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("max_idle", [0, 1])
async def test_a_download_that_is_cancelled_wherever_it_is_leaves_neither_file_nor_place_behind(
    world: World, max_idle: int
) -> None:
    world.policy = FetchPolicy(max_concurrent=1, max_wait=0.0, max_idle=max_idle)
    wheel = bytes(2_000_000)
    world.host.script(PATH, staying(file(wheel)))
    async with aclosing(world.fetcher()) as fetcher:
        for turns in count():
            task = asyncio.create_task(fetcher.fetch(world.url()))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                break
            assert _files_in(world.spool) == []
        with task.result() as fetched:
            assert bytes_of(fetched.content) == wheel
    assert turns > 10


async def test_too_many_fetches_wait_for_a_bounded_time(world: World) -> None:
    world.policy = replace(POLICY, max_concurrent=1, max_wait=0.05)
    world.host.script(PATH, file(WHEEL))
    fetcher = world.fetcher()
    with await fetcher.fetch(world.url()):
        with pytest.raises(TooManyFetchesError) as refusal:
            await fetcher.fetch(world.url())
        assert refusal.value.retry_after
    with await fetcher.fetch(world.url()) as fetched:
        assert fetched.size == len(WHEEL)


async def test_a_full_disk_is_the_registrys_failure_and_not_the_hosts(world: World) -> None:
    world.policy = replace(POLICY, max_bytes=10_000_000)
    world.host.script(PATH, file(b"x" * 5_000_000))
    with _files_up_to(1_500_000):
        assert isinstance(await world.refusal(), SpoolUnavailableError)


async def test_a_missing_spool_folder_is_the_registrys_failure(world: World) -> None:
    world.spool, world.policy = world.spool / "missing", replace(POLICY, max_bytes=10_000_000)
    world.host.script(PATH, file(b"x" * 5_000_000))
    assert isinstance(await world.refusal(), SpoolUnavailableError)


def test_files_of_killed_processes_are_removed_and_those_in_use_stay(tmp_path: Path) -> None:
    left = tmp_path / "provider-registry-killed.whl"
    other = tmp_path / "other.whl"
    for path in (left, other):
        path.write_bytes(b"x")
    used = SpoolFile(tmp_path)
    used.append(bytearray(b"x"))
    assert remove_leftovers(tmp_path) == 1
    assert set(_files_in(tmp_path)) == {other, used.path}
    used.close()


def test_an_empty_file_is_removed_once_it_is_too_old_to_have_an_owner(tmp_path: Path) -> None:
    new, old = tmp_path / "provider-registry-new.whl", tmp_path / "provider-registry-old.whl"
    for path in (new, old):
        path.touch()
    os.utime(old, (0, 0))
    assert remove_leftovers(tmp_path) == 1
    assert _files_in(tmp_path) == [new]


@contextmanager
def _files_up_to(size: int) -> Iterator[None]:
    """Make the kernel refuse writes beyond a file size, as it does on a full disk."""
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def _files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())
