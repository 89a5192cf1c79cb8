"""Answers that two readers could understand differently, and where they end."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from adapters.https.address_policy import AddressPolicy
from adapters.https.policy import FetchPolicy
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from application.errors import WheelHostFailedError
from domain.errors import RegistryError
from tests.support.certificates import CertificateAuthority
from tests.support.fetching import PATH, World
from tests.support.https_host import endless, https_host, raw, staying

pytestmark = pytest.mark.hostile

OK = b"HTTP/1.1 200 OK\r\n"
SIZED = OK + b"Content-Length: 3\r\n\r\nabc"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"3\r\nabc\r\n0\r\n\r\n"
HINTS = b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n"


async def _refusal(world: World) -> str:
    with pytest.raises(WheelHostFailedError) as refusal:
        await world.fetch()
    return refusal.value.detail


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority()


@pytest.fixture
async def world(authority: CertificateAuthority, tmp_path: Path) -> AsyncIterator[World]:
    async with https_host(authority.server_context("127.0.0.1")) as host:
        fetcher = HttpsWheelFetcher(
            FetchPolicy(max_idle=1, idle_seconds=60),
            addresses=AddressPolicy.parse(networks=["127.0.0.1/32"]),
            tls=authority.client_context(),
            spool_directory=tmp_path,
        )
        async with aclosing(fetcher):
            yield World(host, fetcher)


def _coded(coding: bytes) -> bytes:
    return OK + b"Transfer-Encoding:" + coding + b"\r\n\r\n" + CHUNKS


def _long(length: bytes) -> bytes:
    return OK + b"Content-Length:" + length + b"\r\n\r\nabc"


NOT_HTTP = {
    "no coding": _coded(b""),
    "the same length twice": _long(b" 3\r\nContent-Length: 3"),
    "the same length in a list": _long(b" 3, 3"),
    "no length": _long(b""),
    "a length with a sign": _long(b" +3"),
    "a hexadecimal length": _long(b" 0x3"),
    "a length in two parts": _long(b" 3 3"),
    "a length of 65 bits": _long(b" 18446744073709551616"),
    "a length of ten thousand digits": _long(b" " + b"9" * 10_000),
    "garbage first": b"garbage\r\n" + SIZED,
    "a body alone": b"abc\r\n\r\n",
    "HTTP/0.9": SIZED.replace(b"1.1", b"0.9"),
    "HTTP/1.2": SIZED.replace(b"1.1", b"1.2"),
    "HTTP/2.0": SIZED.replace(b"1.1", b"2.0"),
    "a status of zeros": b"HTTP/1.1 000 OK\r\n\r\n",
    "a status with a zero first": b"HTTP/1.1 099 OK\r\n\r\n",
    "a line feed in the status line": SIZED.replace(b"OK", b"OK\nX: y"),
    "a line that ends without a carriage return": SIZED.replace(b"3\r\n", b"3\nX: y\r\n"),
    "a line that ends without a line feed": SIZED.replace(b"3\r\n", b"3\rX: y\r\n"),
    "a field over two lines": SIZED.replace(b"3\r\n", b"3\r\nX: y\r\n z\r\n"),
    "a length over two lines": SIZED.replace(b" 3", b"\r\n 3"),
    "a space before a colon": SIZED.replace(b"Length:", b"Length :"),
    "a field without a name": SIZED.replace(b"3\r\n", b"3\r\n: y\r\n"),
    "a field without a colon": SIZED.replace(b"3\r\n", b"3\r\nX\r\n"),
    "a changed protocol": b"HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + SIZED,
    "a changed protocol without a name": b"HTTP/1.1 101 Go\r\n\r\n" + SIZED,
    "a changed protocol after early hints": HINTS + b"HTTP/1.1 101 Go\r\n\r\n" + SIZED,
    "far more than 16 KiB of heads": HINTS * 1000 + SIZED,
    "chunks without carriage returns": CHUNKED + CHUNKS.replace(b"\r", b""),
    "a chunk that is longer than it says": CHUNKED + CHUNKS.replace(b"abc", b"abcd"),
    "a chunk of a negative size": CHUNKED + b"-" + CHUNKS,
    "a chunk of 68 bits": CHUNKED + b"f" * 17 + b"\r\n",
    "a trailer that says how long the body is": CHUNKED + CHUNKS[:-2] + b"Content-Length: 9\r\n\r\n",
    "a chunk's extension with a line feed": CHUNKED + b"3;a=\n\r\nabc\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("case", NOT_HTTP)
async def test_an_ambiguous_response_is_refused(world: World, case: str) -> None:
    world.host.script(PATH, raw(NOT_HTTP[case], hold=True))
    assert "cannot be read" in await _refusal(world)


@pytest.mark.parametrize(
    "fields",
    [(b"Content-Length: 3", b"Transfer-Encoding: chunked"), (b"Transfer-Encoding: chunked", b"Content-Length: 3")],
)
async def test_a_length_beside_chunks_is_named_in_the_refusal(world: World, fields: Sequence[bytes]) -> None:
    world.host.script(PATH, raw(OK + b"\r\n".join(fields) + b"\r\n\r\n" + CHUNKS, hold=True))
    assert "can't be present with" in await _refusal(world)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified", b"404 Not Found"])
async def test_what_follows_an_answer_without_a_file_is_not_read(world: World, status: bytes) -> None:
    world.host.script(PATH, staying(raw(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n" + SIZED)))
    with pytest.raises(RegistryError, match=status[:3].decode()):
        await world.fetch()
    await world.host.wait_until_left()


CODINGS = {
    "chunked and a tab": _coded(b" chunked\t"),
    "chunked and a space of another alphabet": _coded(b" chunked\xa0"),
    "chunked and a comma": _coded(b" chunked,"),
    "a comma and chunked": _coded(b" ,chunked"),
    "chunked with a parameter": _coded(b" chunked;q=1"),
    "gzip": _coded(b" gzip"),
    "identity": _coded(b" identity"),
    "chunked twice": _coded(b" chunked\r\nTransfer-Encoding: chunked"),
    "chunked, then identity": _coded(b" chunked\r\nTransfer-Encoding: identity"),
}


@pytest.mark.parametrize("case", CODINGS)
async def test_no_other_coding_than_chunked_is_read(world: World, case: str) -> None:
    world.host.script(PATH, raw(CODINGS[case], hold=True))
    assert "other than chunked" in await _refusal(world)


WHOLE = {
    "a length": SIZED,
    "a length with zeros before it": _long(b" 003"),
    "a length and spaces": _long(b"3  "),
    "a length and a tab": _long(b" 3\t"),
    "a length behind thousands of zeros": _long(b" " + b"0" * 10_000 + b"3"),
    "blank lines first": b"\r\n\r\n" + SIZED,
    "no reason": SIZED.replace(b" OK", b""),
    "a reason in another alphabet": SIZED.replace(b"OK", b"\xe4"),
    "early hints": HINTS * 2 + SIZED,
    "an offer to change the protocol": SIZED.replace(b"3\r\n", b"3\r\nUpgrade: h2\r\nConnection: Upgrade\r\n"),
    "an empty field": SIZED.replace(b"OK\r\n", b"OK\r\nX:\r\nY: \r\n"),
    "a head of exactly 16 KiB": SIZED.replace(b"OK\r\n", b"OK\r\nX: " + b"x" * (16 * 1024 - len(SIZED) - 2) + b"\r\n"),
    "chunks": CHUNKED + CHUNKS,
    "chunks in capitals": CHUNKED.replace(b"chunked", b"Chunked") + b"1E\r\n" + b"x" * 30 + b"\r\n0\r\n\r\n",
    "chunks with extensions and trailers": CHUNKED + b'3;a=b;c="d;e"\r\nabc\r\n000;f\r\nX:\r\nDigest: z\r\n\r\n',
}
BODIES = dict.fromkeys(WHOLE, b"abc") | {"chunks in capitals": b"x" * 30}


@pytest.mark.parametrize("case", WHOLE)
async def test_an_answer_is_read_to_its_end_and_another_one_may_follow(world: World, case: str) -> None:
    world.host.script(PATH, staying(raw(WHOLE[case])))
    assert [await world.fetch(), await world.fetch()] == [BODIES[case]] * 2
    assert world.host.connections == 1


@pytest.mark.parametrize("whole", [SIZED, CHUNKED + CHUNKS, CHUNKED + b"0\r\n\r\n", OK + b"Content-Length: 0\r\n\r\n"])
@pytest.mark.parametrize("more", [b"x", b"0\r\n\r\n", SIZED, CHUNKED + CHUNKS, HINTS])
async def test_an_answer_that_is_followed_ends_where_it_ends_and_is_the_last_one(
    world: World, whole: bytes, more: bytes
) -> None:
    world.host.script(PATH, staying(raw(whole + more)), raw(whole))
    first = await world.fetch()
    assert first == await world.fetch()
    assert first in {b"abc", b""}
    assert world.host.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        SIZED.replace(b"1.1", b"1.0"),
        SIZED.replace(b"3\r\n", b"3\r\nConnection: Close\r\n"),
        SIZED.replace(b"3\r\n", b"3\r\nConnection: keep-alive , close\r\n"),
        CHUNKED.replace(b"OK\r\n", b"OK\r\nConnection: x\r\nConnection: close\r\n") + CHUNKS,
        OK + b"Connection: close\r\nContent-Length: 0\r\n\r\n",
        CHUNKED.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n") + CHUNKS + SIZED,
    ],
)
async def test_a_connection_that_will_not_be_kept_alive_is_closed(world: World, answer: bytes) -> None:
    world.host.script(PATH, staying(raw(answer)))
    assert await world.fetch() in {b"abc", b""}
    await world.host.wait_until_left()


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"", HINTS),
        (OK, b"a: b\r\n"),
        (OK + b"X: ", b"x" * 100),
        (CHUNKED + b"1", b";a=bc"),
        (CHUNKED + b"1;a=", b"b" * 100),
        (CHUNKED, b"0" * 100),
        (CHUNKED + CHUNKS[:-2], b"a: b\r\n"),
        (CHUNKED + CHUNKS[:-2] + b"X: ", b"x" * 100),
    ],
    ids=["hints", "fields", "a field", "extensions", "an extension", "zeros", "trailers", "a trailer"],
)
async def test_framing_without_end_and_without_a_byte_of_the_file_is_refused(
    world: World, head: bytes, part: bytes
) -> None:
    world.host.script(PATH, endless(head, part))
    assert "without one of the file" in await _refusal(world)
