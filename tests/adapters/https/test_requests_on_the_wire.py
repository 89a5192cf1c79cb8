"""What a wheel host gets to see: exactly what was judged, whatever a URL library thinks of it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest

from adapters.https.address_policy import AddressPolicy
from adapters.https.connection import TcpStream
from adapters.https.special_purpose_ranges import IPAddress
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from domain.wheel.url import WheelUrl
from tests.support.certificates import CertificateAuthority
from tests.support.contents import bytes_of
from tests.support.https_host import HttpsHost, file, https_host, redirect

pytestmark = pytest.mark.hostile

PATH = "/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
WHEEL = b"wheel"
PUBLIC = "1.1.1.1"


class PublicResolver:
    async def resolve(self, host: str) -> Sequence[str]:
        return [PUBLIC]


@dataclass
class World:
    """A fetcher whose every connection, wherever it is meant to go, ends at the host."""

    host: HttpsHost
    fetcher: HttpsWheelFetcher
    reached: list[tuple[str, int]] = field(default_factory=list)

    async def fetch(self, url: str) -> bytes:
        with await self.fetcher.fetch(WheelUrl.parse(url)) as fetched:
            return bytes_of(fetched.content)


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority()


@pytest.fixture
async def world(
    authority: CertificateAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    tls = authority.server_context("*.example.com", PUBLIC, "2606:4700::1")
    connect = TcpStream.connect
    async with https_host(tls) as host:
        fetcher = HttpsWheelFetcher(
            addresses=AddressPolicy.parse(ports=[80, 443, 8443]),
            tls=authority.client_context(),
            spool_directory=tmp_path,
            resolver=PublicResolver(),
        )
        world = World(host, fetcher)

        async def detour(address: IPAddress, port: int) -> TcpStream:
            world.reached.append((str(address), port))
            return await connect(ip_address("127.0.0.1"), host.port)

        monkeypatch.setattr(TcpStream, "connect", detour)
        yield world


def _head(target: str, authority: str) -> bytes:
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {authority}",
        "User-Agent: provider-registry",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("ascii")


@pytest.mark.parametrize(
    ("written", "canonical", "server_name", "reached"),
    [
        ("wheels.example.com", "wheels.example.com", "wheels.example.com", (PUBLIC, 443)),
        ("Wheels.Example.com.:0443", "wheels.example.com", "wheels.example.com", (PUBLIC, 443)),
        ("wheels.example.com:8443", "wheels.example.com:8443", "wheels.example.com", (PUBLIC, 8443)),
        ("bücher.example.com", "xn--bcher-kva.example.com", "xn--bcher-kva.example.com", (PUBLIC, 443)),
        ("xn--ls8h.example.com:80", "xn--ls8h.example.com:80", "xn--ls8h.example.com", (PUBLIC, 80)),
        ("xn--zca.example.com", "xn--zca.example.com", "xn--zca.example.com", (PUBLIC, 443)),
        (PUBLIC, PUBLIC, None, (PUBLIC, 443)),
        (f"{PUBLIC}:8443", f"{PUBLIC}:8443", None, (PUBLIC, 8443)),
        ("[2606:4700:0::1]", "[2606:4700::1]", None, ("2606:4700::1", 443)),
        ("[2606:4700::1]:8443", "[2606:4700::1]:8443", None, ("2606:4700::1", 8443)),
    ],
)
async def test_a_host_is_asked_under_its_canonical_name_on_the_wire_and_in_tls(
    world: World, written: str, canonical: str, server_name: str | None, reached: tuple[str, int]
) -> None:
    world.host.script(PATH, file(WHEEL))
    assert await world.fetch(f"https://{written}{PATH}") == WHEEL
    assert [request.head for request in world.host.requests] == [_head(PATH, canonical)]
    assert world.host.server_names == [server_name]
    assert world.reached == [reached]


@pytest.mark.parametrize(
    "path",
    [
        "/a%20b%2Fc%2B%25-1.0-py3-none-any.whl",
        "/%C3%A9/a-1.0+b%2Bc-py3-none-any.whl",
        "/x//y;v=1,2/!$&'()*:@=/a-1.0-py3-none-any.whl",
    ],
)
async def test_the_path_of_a_canonical_url_is_asked_for_byte_by_byte(world: World, path: str) -> None:
    path = f"/files{path.rpartition('/')[0]}{PATH}"
    url = WheelUrl.parse(f"https://wheels.example.com{path}")
    assert url.text.endswith(path)
    world.host.script(path, file(WHEEL))
    assert await world.fetch(url.text) == WHEEL
    assert world.host.requests[0].head == _head(path, "wheels.example.com")


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/a/../b/./c//d/..", "/a/../b/./c//d/.."),
        ("/..", "/.."),
        ("/%7e%7E%2f%2F%zz%", "/%7e%7E%2f%2F%zz%"),
        ("/b?", "/b?"),
        ("/b?x=a%2Bb+c&y=%41&z=a/b?c", "/b?x=a%2Bb+c&y=%41&z=a/b?c"),
        ("/b?X-Sig=[1]'2'&~=@:!$()*,;", "/b?X-Sig=[1]'2'&~=@:!$()*,;"),
        ("/[a]'b';c=d,e@f:g!$&()*+~", "/[a]'b';c=d,e@f:g!$&()*+~"),
        ('/<"{|}^`>?<"{|}^`>', "/%3C%22%7B%7C%7D%5E%60%3E?%3C%22%7B%7C%7D%5E%60%3E"),
        ("/b?x#part", "/b?x"),
        ("https://storage.example.com", "/"),
        ("https://storage.example.com?x=http://1.2.3.4/", "/?x=http://1.2.3.4/"),
        ("https://storage.example.com//other.example.com/b", "//other.example.com/b"),
    ],
)
async def test_a_redirects_target_is_asked_for_byte_by_byte(world: World, location: str, target: str) -> None:
    world.host.script(PATH, redirect(location))
    world.host.script(target, file(WHEEL))
    assert await world.fetch(f"https://wheels.example.com{PATH}") == WHEEL
    host = "storage.example.com" if "storage" in location else "wheels.example.com"
    assert world.host.requests[1].head == _head(target, host)
    assert world.host.server_names[1] == host
