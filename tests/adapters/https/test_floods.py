"""Wheel hosts that cram what is costly to read into few bytes."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.https.address_policy import AddressPolicy
from adapters.https.connection import FRAMING_BYTES, ResponseParser
from adapters.https.policy import FetchPolicy
from adapters.https.spool import Spool
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from application.errors import WheelHostFailedError
from tests.support.certificates import CertificateAuthority
from tests.support.fetching import PATH, World
from tests.support.https_host import chunked, https_host, raw
from tests.support.waiting import WAIT_SECONDS

pytestmark = pytest.mark.hostile

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
HINT = b"HTTP/1.1 103 Hints\r\nLink: </style.css>\r\n\r\n"
BLANKS = b" " * 15_000


class Turns:
    """Counts how often somebody else comes to run."""

    def __init__(self) -> None:
        self.count = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        task = asyncio.create_task(self._take())
        yield
        task.cancel()

    async def _take(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.count += 1


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    authority = CertificateAuthority()
    async with https_host(authority.server_context("127.0.0.1")) as host:
        fetcher = HttpsWheelFetcher(
            FetchPolicy(),
            addresses=AddressPolicy.parse(networks=["127.0.0.1/32"]),
            tls=authority.client_context(),
            spool_directory=tmp_path,
        )
        yield World(host, fetcher)


async def test_of_many_chunks_no_more_than_sixteen_kilobytes_are_read_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel, feed, sizes = bytes(range(250)) * 2000, ResponseParser.feed, []

    def noting(parser: ResponseParser, data: bytes) -> None:
        sizes.append(len(data))
        feed(parser, data)

    monkeypatch.setattr(ResponseParser, "feed", noting)
    world.host.script(PATH, chunked(wheel, size=1))
    assert await world.fetch() == wheel
    assert max(sizes) <= FRAMING_BYTES


@pytest.mark.parametrize("line", [CHUNKED + b"1;", OK + b"X:"], ids=["of a chunk", "of the head"])
async def test_other_tasks_run_while_a_line_arrives_byte_by_byte(world: World, line: bytes) -> None:
    length, turns = 10_000, Turns()
    world.host.script(PATH, raw(line, *[b"a"] * length))  # each in a TLS record of its own
    with turns.counted(), pytest.raises(WheelHostFailedError):
        await world.fetch()
    assert turns.count > length / 20


async def test_some_early_hints_are_passed_over_and_a_flood_of_them_is_refused(world: World) -> None:
    answer = OK + b"Content-Length: 1\r\n\r\nx"
    world.host.script(PATH, raw(HINT * 10, answer), raw(HINT * 2000, answer))
    assert await world.fetch() == b"x"
    with pytest.raises(WheelHostFailedError):
        await world.fetch()


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"X:" + BLANKS + b"\x00\r\n\r\n",
        CHUNKED + b"1;" + BLANKS + b"\n\r\n",
        CHUNKED + b"0\r\nX:" + BLANKS + b"\x00\r\n\r\n",
    ],
    ids=["a header", "a chunk", "a trailer"],
)
async def test_blanks_before_a_wrong_end_of_a_line_do_not_take_seconds_each_time(world: World, answer: bytes) -> None:
    world.host.script(PATH, raw(answer))
    async with asyncio.timeout(WAIT_SECONDS):
        for _ in range(200):
            with pytest.raises(WheelHostFailedError):
                await world.fetch()


@pytest.mark.parametrize(
    "answer",
    [OK + b"Content-Length: 0\r\n" + b"a:\r\n" * 10_000 + b"\r\n", CHUNKED + b"0\r\n" + b"a:\r\n" * 10_000 + b"\r\n"],
    ids=["headers", "trailers"],
)
async def test_tens_of_thousands_of_fields_are_not_looked_at(world: World, answer: bytes) -> None:
    world.host.script(PATH, raw(answer))
    with pytest.raises(WheelHostFailedError):
        await world.fetch()


async def test_a_body_of_tiny_pieces_takes_no_more_memory_than_another(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    tracemalloc.start()
    for number in range(100_000):
        await spool.write(b"%02d" % (number % 99))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
