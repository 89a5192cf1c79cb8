"""Looking at wheels where they are, without fetching them."""

from collections.abc import AsyncIterator

import pytest

from adapters.https.address_policy import AddressPolicy
from adapters.https.policy import FetchPolicy
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from application.errors import WheelHostFailedError, WheelHostTimeoutError
from domain.availability import FileSignature
from domain.errors import WheelRefusedError
from domain.wheel.url import WheelUrl
from tests.support.certificates import CertificateAuthority
from tests.support.fetching import PATH, World
from tests.support.https_host import Reply, hang, https_host, raw, redirect, reset, status

pytestmark = pytest.mark.hostile
POLICY = FetchPolicy(answer_timeout=0.5, start_deadline=2.0)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    authority = CertificateAuthority()
    async with https_host(authority.server_context("127.0.0.1")) as host:
        addresses = AddressPolicy.parse(networks=["127.0.0.1/32"], hosts=[], ports=[host.port])
        yield World(host, HttpsWheelFetcher(POLICY, addresses=addresses, tls=authority.client_context()))


async def look(world: World) -> FileSignature:
    return await world.fetcher.look(WheelUrl.parse(world.host.url(PATH)))


def ok(*fields: str) -> Reply:
    return raw("\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode("latin-1"))


async def test_length_and_entity_tag_are_asked_for_with_a_head(world: World) -> None:
    world.host.script(PATH, ok("Content-Length: 123", 'ETag: "abc"'))
    assert await look(world) == FileSignature(size=123, tag='"abc"')
    assert [request.head.split()[0] for request in world.host.requests] == [b"HEAD"]


async def test_a_redirect_is_followed(world: World) -> None:
    world.host.script(PATH, redirect(world.host.url("/moved.whl")))
    world.host.script("/moved.whl", ok("Content-Length: 5"))
    assert await look(world) == FileSignature(size=5)


@pytest.mark.parametrize("code", [400, 401, 403, 405, 501])
async def test_a_host_that_refuses_a_head_is_asked_with_a_get_that_ends_with_its_head(world: World, code: int) -> None:
    link = "/signed.whl"
    world.host.script(PATH, redirect(world.host.url(link)))
    world.host.script(link, status(code), raw(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nETag: "a"\r\n\r\n', hold=True))
    assert await look(world) == FileSignature(size=9, tag='"a"')
    asked = [tuple(request.head.decode().split()[:2]) for request in world.host.requests]
    assert asked == [("HEAD", PATH), ("HEAD", link), ("GET", PATH), ("GET", link)]


@pytest.mark.parametrize(
    "field", ["Content-Length: " + "9" * 19, "ETag: abc", 'ETag: "' + "a" * 300 + '"', "ETag: \xe9"]
)
async def test_what_no_file_has_is_left_out(world: World, field: str) -> None:
    world.host.script(PATH, ok(field))
    assert await look(world) == FileSignature()


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (status(404), WheelRefusedError),
        (status(410), WheelRefusedError),
        (status(403), WheelHostFailedError),
        (status(405), WheelHostFailedError),
        (status(500), WheelHostFailedError),
        (status(503), WheelHostFailedError),
        (reset, WheelHostFailedError),
        (hang, WheelHostTimeoutError),
        (redirect("http://127.0.0.1/"), WheelRefusedError),
        (redirect(PATH), WheelRefusedError),
    ],
    ids=["404", "410", "403", "405", "500", "503", "reset", "silence", "downgrade", "a circle"],
)
async def test_a_host_that_fails_is_an_error(world: World, reply: Reply, error: type[Exception]) -> None:
    world.host.script(PATH, reply)
    with pytest.raises(error):
        await look(world)
