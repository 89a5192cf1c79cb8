"""Connections that are kept for another wheel of the same host, and what a host could make of that."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvloop

from adapters.https.address_policy import AddressPolicy
from adapters.https.policy import FetchPolicy
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from application.errors import WheelHostFailedError
from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.url import WheelUrl
from tests.support.certificates import CertificateAuthority
from tests.support.contents import bytes_of
from tests.support.https_host import (
    Exchange,
    HttpsHost,
    Reply,
    chunked,
    file,
    https_host,
    raw,
    redirect,
    status,
    staying,
)

pytestmark = pytest.mark.hostile

PATH = "/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
OTHER_PATH = "/files/pragmatiks_gcp_provider-2.0.0-py3-none-any.whl"
NAME = "wheels.example.com"
OTHER_NAME = "other.example.com"
HERE, THERE = "127.0.0.1", "127.0.0.2"
WHEEL = bytes(range(256)) * 100
SMUGGLED = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"


class Names:
    """A name service whose answer can change."""

    def __init__(self) -> None:
        self.answer = [HERE]

    async def resolve(self, host: str) -> Sequence[str]:
        return self.answer


@dataclass
class World:
    host: HttpsHost
    fetcher: HttpsWheelFetcher
    names: Names

    async def fetch(self, path: str = PATH, *, name: str = NAME) -> bytes:
        with await self.fetcher.fetch(WheelUrl.parse(self.host.url(path, name))) as fetched:
            return bytes_of(fetched.content)


@asynccontextmanager
async def a_world(folder: Path, policy: FetchPolicy) -> AsyncIterator[World]:
    authority, names = CertificateAuthority(), Names()
    async with https_host(authority.server_context(NAME, OTHER_NAME), "0.0.0.0") as host:
        fetcher = HttpsWheelFetcher(
            policy,
            addresses=AddressPolicy.parse(networks=[f"{HERE}/32", f"{THERE}/32"]),
            tls=authority.client_context(),
            spool_directory=folder,
            resolver=names,
        )
        yield World(host, fetcher, names)
        await fetcher.aclose()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, FetchPolicy(max_idle=2, idle_seconds=60)) as world:
        yield world


@pytest.mark.parametrize("reply", [file(WHEEL), file(b""), chunked(WHEEL)], ids=["with a length", "empty", "chunked"])
async def test_wheels_of_one_host_come_over_one_connection(world: World, reply: Reply) -> None:
    world.host.script(PATH, staying(reply))
    assert await world.fetch() == await world.fetch() == await world.fetch()
    assert (len(world.host.requests), world.host.connections) == (3, 1)
    assert {request.fields.get("connection") for request in world.host.requests} == {None}


async def test_an_idle_connection_is_not_used_once_its_address_is_forbidden(world: World) -> None:
    world.host.script(PATH, staying(file(WHEEL)))
    await world.fetch()
    world.names.answer = ["169.254.169.254"]
    with pytest.raises(WheelRefusedError) as refusal:
        await world.fetch()
    assert refusal.value.problem is WheelProblem.ADDRESS_FORBIDDEN
    assert len(world.host.requests) == 1


async def test_an_idle_connection_is_not_used_once_the_name_has_another_address(world: World) -> None:
    world.host.script(PATH, staying(file(WHEEL)))
    await world.fetch()
    world.names.answer = [THERE]
    await world.fetch()
    assert world.host.connections == 2


async def test_names_at_one_address_share_no_connection(world: World) -> None:
    world.host.script(PATH, staying(file(WHEEL)))
    await world.fetch()
    await world.fetch(name=OTHER_NAME)
    assert world.host.server_names == [NAME, OTHER_NAME]


async def test_a_connection_that_the_host_closed_is_replaced(world: World) -> None:
    world.host.script(PATH, file(WHEEL))  # without a word about closing
    assert await world.fetch() == await world.fetch() == WHEEL
    assert (len(world.host.requests), world.host.connections) == (2, 2)


@pytest.mark.parametrize("last_word", [raw(), raw(b"HTTP/1.1 2"), raw(b"nonsense\r\n\r\n")])
async def test_a_request_that_fails_on_a_reused_connection_is_sent_again_on_a_new_one(
    world: World, last_word: Reply
) -> None:
    world.host.script(PATH, staying(file(WHEEL)), last_word, file(WHEEL))
    assert await world.fetch() == await world.fetch() == WHEEL
    assert (len(world.host.requests), world.host.connections) == (3, 2)


async def test_a_request_that_fails_on_a_new_connection_is_not_sent_again(world: World) -> None:
    world.host.script(PATH, raw())
    with pytest.raises(WheelHostFailedError):
        await world.fetch()
    assert len(world.host.requests) == 1


async def test_bytes_after_a_response_are_not_the_response_to_the_next_request(world: World) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(WHEEL) + WHEEL
    world.host.script(PATH, staying(raw(answer + SMUGGLED)))
    assert await world.fetch() == await world.fetch() == WHEEL
    assert world.host.connections == 2


@pytest.mark.parametrize("separately", [b"", b"HTTP"], ids=["in records of its own", "in many records"])
async def test_a_response_sent_ahead_of_the_request_closes_the_connection(world: World, separately: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(WHEEL) + WHEEL
    parts = [SMUGGLED] if not separately else [SMUGGLED[at : at + 1] for at in range(len(SMUGGLED))]
    world.host.script(PATH, staying(raw(answer, *parts)), raw(answer))
    assert await world.fetch() == await world.fetch() == WHEEL
    assert world.host.connections == 2


async def test_a_response_sent_to_an_idle_connection_closes_it(world: World) -> None:
    world.host.script(PATH, staying(file(WHEEL)))
    await world.fetch()
    await world.host.requests[0].send(SMUGGLED)
    await world.host.wait_until_left()
    assert await world.fetch() == WHEEL


@pytest.mark.parametrize(
    "reply", [status(200, "Connection: close", body=WHEEL), raw(b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx")]
)
async def test_a_connection_that_the_host_wants_closed_is_closed(world: World, reply: Reply) -> None:
    world.host.script(PATH, staying(reply))
    await world.fetch()
    await world.host.wait_until_left()


async def test_hops_of_a_redirect_have_connections_of_their_own(world: World) -> None:
    world.host.script(PATH, staying(file(WHEEL)))
    world.host.script(OTHER_PATH, staying(redirect(PATH)))
    await world.fetch()
    assert await world.fetch(OTHER_PATH) == WHEEL
    assert world.host.connections == 2  # the first hop came over what rested
    assert [request.fields.get("connection") for request in world.host.requests] == [None, None, "close"]
    await world.host.wait_until_left()  # and the redirect's rest was not waited for


async def test_cancelling_a_download_closes_its_connection(world: World) -> None:
    sent = asyncio.Event()

    async def half(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nabc")
        sent.set()

    world.host.script(PATH, staying(half))
    task = asyncio.create_task(world.fetch())
    await sent.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await world.host.wait_until_left()


async def test_an_idle_connection_is_closed_after_its_time(tmp_path: Path) -> None:
    async with a_world(tmp_path, FetchPolicy(max_idle=2, idle_seconds=0.01)) as world:
        world.host.script(PATH, staying(file(WHEEL)))
        await world.fetch()
        await world.host.wait_until_left()


async def test_of_too_many_idle_connections_the_oldest_is_closed(tmp_path: Path) -> None:
    async with a_world(tmp_path, FetchPolicy(max_idle=1, idle_seconds=60)) as world:
        world.host.script(PATH, staying(file(WHEEL)))
        await world.fetch()
        await world.fetch(name=OTHER_NAME)
        await world.host.wait_until_left()
        await world.fetch(name=OTHER_NAME)
        assert world.host.server_names == [NAME, OTHER_NAME]


def test_a_large_wheel_arrives_whole_on_the_servers_own_event_loop(tmp_path: Path) -> None:
    wheel = WHEEL * 400

    async def fetch() -> list[bytes]:
        async with a_world(tmp_path, FetchPolicy(max_idle=1)) as world:
            world.host.script(PATH, staying(file(wheel)), file(wheel))
            return [await world.fetch() for _ in range(2)]

    assert uvloop.run(fetch()) == [wheel, wheel]
