"""Wheels that are fetched through a proxy."""

import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from adapters.https.address_policy import AddressPolicy
from adapters.https.egress_proxy import EgressProxy
from adapters.https.policy import FetchPolicy
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from application.errors import WheelHostError, WheelHostFailedError
from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.url import WheelUrl
from tests.support.certificates import CertificateAuthority
from tests.support.contents import bytes_of
from tests.support.egress_proxy import ScriptedProxy, scripted_proxy
from tests.support.https_host import HttpsHost, file, https_host, redirect, staying
from tests.support.ports import free_port

pytestmark = pytest.mark.hostile

NAME = "wheels.example.com"
PATH = "/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
WHEEL = bytes(range(256)) * 1000
USER, PASSWORD = "registry", "pr0xy:p@ss"


class NoResolver:
    """Resolves no name: the proxy does."""

    async def resolve(self, host: str) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, f"{host} was looked up")


@dataclass
class World:
    host: HttpsHost
    proxy: ScriptedProxy
    fetcher_at: Callable[[str], HttpsWheelFetcher]

    async def fetch(self, url: str = f"https://{NAME}{PATH}", *, proxy: str | None = None) -> bytes:
        fetcher = self.fetcher_at(proxy or f"http://{USER}:pr0xy%3Ap%40ss@127.0.0.1:{self.proxy.port}")
        with await fetcher.fetch(WheelUrl.parse(url)) as fetched:
            return bytes_of(fetched.content)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    authority = CertificateAuthority()
    async with (
        https_host(authority.server_context(NAME, "1.1.1.1", "2606:4700::1")) as host,
        scripted_proxy(("127.0.0.1", host.port)) as proxy,
    ):

        def fetcher_at(url: str) -> HttpsWheelFetcher:
            return HttpsWheelFetcher(
                FetchPolicy(max_attempts=1, max_idle=2, idle_seconds=60),
                addresses=AddressPolicy.parse(hosts=["gitlab.internal"]),
                tls=authority.client_context(),
                spool_directory=tmp_path,
                resolver=NoResolver(),
                proxy=EgressProxy.parse(url),
            )

        host.script(PATH, file(WHEEL))
        yield World(host, proxy, fetcher_at)


@pytest.mark.parametrize(
    ("host", "authority"),
    [(NAME, f"{NAME}:443"), ("1.1.1.1", "1.1.1.1:443"), ("[2606:4700::1]", "[2606:4700::1]:443")],
)
async def test_a_tunnel_is_asked_for_with_the_proxys_credentials_and_the_host_sees_none_of_them(
    world: World, host: str, authority: str
) -> None:
    assert await world.fetch(f"https://{host}{PATH}") == WHEEL
    pair = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    assert world.proxy.heads == [
        f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\nProxy-Authorization: Basic {pair}\r\n\r\n"
    ]
    assert b"roxy" not in world.host.requests[0].head
    assert b"GET" not in world.proxy.passed  # TLS ends at the host


async def test_a_proxy_without_a_user_is_sent_no_credentials(world: World) -> None:
    assert await world.fetch(proxy=f"http://127.0.0.1:{world.proxy.port}/") == WHEEL
    assert "Authorization" not in world.proxy.heads[0]


async def test_a_tunnel_is_kept_for_the_next_wheel_of_its_host_only(world: World) -> None:
    world.host.script(PATH, staying(file(WHEEL)))
    fetcher = world.fetcher_at(f"http://127.0.0.1:{world.proxy.port}")
    for host in (NAME, NAME, "1.1.1.1"):
        with await fetcher.fetch(WheelUrl.parse(f"https://{host}{PATH}")):
            pass
    await fetcher.aclose()
    assert [head.split()[1] for head in world.proxy.heads] == [f"{NAME}:443", "1.1.1.1:443"]


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[fd00::1]", "[64:ff9b::a00:1]"),
        *("localhost", "metadata", "a.localhost", "printer.local", "metadata.google.internal", "nas.home.arpa"),
        f"{NAME}:8443",
    ],
)
async def test_the_proxy_is_not_asked_for_what_is_known_to_be_forbidden(world: World, host: str) -> None:
    with pytest.raises(WheelRefusedError) as refusal:
        await world.fetch(f"https://{host}{PATH}")
    assert refusal.value.problem is WheelProblem.ADDRESS_FORBIDDEN
    world.host.script(PATH, redirect(f"https://{host}/elsewhere"))
    with pytest.raises(WheelRefusedError):
        await world.fetch()
    assert [head.split()[1] for head in world.proxy.heads] == [f"{NAME}:443"]


async def test_an_internal_name_is_asked_for_once_it_is_allowed(world: World) -> None:
    with pytest.raises(WheelHostFailedError, match="no TLS certificate"):
        await world.fetch(f"https://gitlab.internal{PATH}")
    assert [head.split()[1] for head in world.proxy.heads] == ["gitlab.internal:443"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "does not accept this registry's credentials"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "answers 403 instead of connecting"),
        (b"HTTP/1.1 302 Found\r\nLocation: https://evil.example.com/\r\n\r\n", "answers 302 instead"),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "sent bytes of its own"),
        (b"HTTP/1.1 200 OK\r\n\r\n\x16", "sent bytes of its own"),
        (b"HTTP/2 200\r\n\r\n", "cannot be read"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "cannot be read"),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 10_000, "cannot be read"),
        (b"HTTP/1.1 200 OK\r\n", "broke off"),
        (b"", "broke off"),
    ],
)
async def test_a_proxy_that_refuses_or_misbehaves_is_named_and_sent_nothing_more(
    world: World, answer: bytes, sentence: str
) -> None:
    world.proxy.answer = answer
    with structlog.testing.capture_logs() as logs, pytest.raises(WheelHostError, match=sentence) as failure:
        await world.fetch()
    await world.proxy.until_left()
    assert (failure.value.reached, bytes(world.proxy.passed)) == (False, b"")
    assert "pr0xy" not in f"{failure.value.detail}{logs}"


async def test_a_proxy_that_is_away_or_unknown_is_not_taken_for_the_wheels_host(world: World) -> None:
    for proxy, sentence in ((f"127.0.0.1:{free_port()}", "cannot be reached"), ("proxy.example.com:1", "be found")):
        with pytest.raises(WheelHostFailedError, match=f"the registry's egress proxy cannot .*{sentence.split()[-1]}"):
            await world.fetch(proxy=f"http://{proxy}")
    assert world.host.requests == []


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "proxy:3128",
            "https://proxy:3128",
            "socks5://proxy:1080",
            "http://proxy",
            "http://proxy:0",
            "http://proxy:99999",
        ),
        *(
            "http://proxy:3128/path",
            "http://proxy:3128?x",
            "http://:3128",
            "http://a b:3128",
            "http://u:p@:1",
            "http://[::1:1",
        ),
    ],
)
def test_what_is_no_url_of_a_proxy_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"^not the URL of an HTTP proxy$"):
        EgressProxy.parse(url)


def test_a_proxy_shows_no_credentials() -> None:
    assert "s3cret" not in repr(EgressProxy.parse("http://user:s3cret@proxy.example.com:3128"))
