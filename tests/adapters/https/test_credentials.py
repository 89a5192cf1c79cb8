"""Which requests carry credentials."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from adapters.https.address_policy import AddressPolicy
from adapters.https.credentials_file import CredentialsFile
from adapters.https.policy import FetchPolicy
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from application.errors import WheelHostFailedError
from domain.errors import WheelRefusedError
from domain.wheel.url import WheelUrl
from tests.support.certificates import CertificateAuthority
from tests.support.contents import bytes_of
from tests.support.https_host import HttpsHost, file, https_host, redirect, status

pytestmark = pytest.mark.hostile

NAME, OTHER = "wheels.example.com", "other.example.com"
WHEEL = b"wheel"
SECRET = "s3cret-t0ken"
FILE = "gcp-1.0.0-py3-none-any.whl"
PRIVATE = f"/private/{FILE}"
Entry = Mapping[str, object]


class Loopback:
    async def resolve(self, host: str) -> Sequence[str]:
        return ["127.0.0.1"]


@dataclass
class World:
    """Two hosts that any name leads to, on two ports."""

    host: HttpsHost
    other: HttpsHost
    path: Path
    open_fetcher: Callable[[], HttpsWheelFetcher]

    def write(self, *entries: Entry) -> None:
        self.path.touch(mode=0o600)
        self.path.write_text(json.dumps(entries))

    def entry(self, **changes: object) -> Entry:
        return {"host": f"{NAME}:{self.host.port}", "bearer": SECRET, **changes}

    async def fetch(
        self, path: str = PRIVATE, *, namespace: str | None = "platform", fetcher: HttpsWheelFetcher | None = None
    ) -> bytes:
        url = WheelUrl.parse(self.host.url(path, NAME))
        with await (fetcher or self.open_fetcher()).fetch(url, namespace=namespace) as fetched:
            return bytes_of(fetched.content)

    def carried(self, host: HttpsHost | None = None) -> list[bool]:
        """Tell of each request whether it carried the secret."""
        return [SECRET.encode() in request.head for request in (host or self.host).requests]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    authority = CertificateAuthority()
    path = tmp_path / "credentials.json"
    async with AsyncExitStack() as stack:
        contexts = [authority.server_context(NAME, OTHER) for _ in range(2)]
        host, other = [await stack.enter_async_context(https_host(context)) for context in contexts]

        def open_fetcher() -> HttpsWheelFetcher:
            return HttpsWheelFetcher(
                FetchPolicy(max_attempts=1),
                addresses=AddressPolicy.parse(networks=["127.0.0.1/32"]),
                tls=authority.client_context(),
                spool_directory=tmp_path,
                resolver=Loopback(),
                credentials=CredentialsFile(path),
            )

        host.script(PRIVATE, file(WHEEL))
        world = World(host, other, path, open_fetcher)
        world.write(world.entry())
        yield world


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ({"basic": {"username": "jürgen", "password": "p:w"}}, "Basic " + b64encode("jürgen:p:w".encode()).decode()),
        ({"bearer": SECRET}, f"Bearer {SECRET}"),
        ({"header": {"name": "Authorization", "value": f"Custom {SECRET}"}}, f"Custom {SECRET}"),
    ],
    ids=["basic", "bearer", "header"],
)
async def test_a_host_is_sent_the_field_that_its_entry_says(world: World, kind: Entry, field: str) -> None:
    world.write({"host": f"{NAME}:{world.host.port}", **kind})
    assert await world.fetch() == WHEEL
    assert f"\r\nAuthorization: {field}\r\n".encode() in world.host.requests[0].head


async def test_a_field_of_another_name_may_hold_the_secret(world: World) -> None:
    entry = {"host": f"{NAME}:{world.host.port}", "header": {"name": "X-JFrog-Art-Api", "value": SECRET}}
    world.write(entry)
    assert await world.fetch() == WHEEL
    assert f"\r\nX-JFrog-Art-Api: {SECRET}\r\n".encode() in world.host.requests[0].head


@pytest.mark.parametrize("namespace", ["acme", "platform-x", "plat", "", None])
async def test_an_entry_serves_the_platform_alone_unless_it_says_otherwise(world: World, namespace: str | None) -> None:
    assert await world.fetch(namespace=namespace) == WHEEL
    assert world.carried() == [False]


async def test_an_entry_may_serve_a_customer_and_then_not_the_platform(world: World) -> None:
    world.write(world.entry(namespaces=["acme/"]))
    for namespace in ("acme", "platform", "acme2"):
        await world.fetch(namespace=namespace)
    assert world.carried() == [True, False, False]


@pytest.mark.parametrize(
    "host",
    [
        NAME,
        f"{NAME}:1",
        f"x.{NAME}:{{port}}",
        "example.com:{port}",
        f"{OTHER}:{{port}}",
        f"{NAME}.evil.example:{{port}}",
    ],
)
async def test_another_host_or_port_is_sent_nothing(world: World, host: str) -> None:
    world.write(world.entry(host=host.format(port=world.host.port)))
    await world.fetch()
    assert world.carried() == [False]


async def test_a_host_in_another_spelling_is_the_same(world: World) -> None:
    world.write(world.entry(host=f"WHEELS.Example.com.:{world.host.port}", path="/pr%69vate/"))
    await world.fetch()
    assert world.carried() == [True]


@pytest.mark.parametrize(
    ("path", "carries"),
    [
        (PRIVATE, True),
        (f"/private/a/b%2Fc/{FILE}", True),
        (f"/private2/{FILE}", False),
        (f"/Private/{FILE}", False),
        (f"/x/private/{FILE}", False),
        (f"/private/%252e%252e/x/{FILE}", False),
        (f"/private/..%2Fx/{FILE}", False),
        (f"/private/..;/x/{FILE}", False),
        (f"/private/%255c..%255cx/{FILE}", False),
    ],
)
async def test_an_entry_with_a_path_serves_what_is_below_it(world: World, path: str, carries: bool) -> None:
    world.write(world.entry(path="/private/"))
    world.host.script(path, file(WHEEL))
    assert await world.fetch(path) == WHEEL
    assert world.carried() == [carries]


async def test_of_several_entries_the_one_with_the_longest_path_is_sent(world: World) -> None:
    world.write(world.entry(bearer="a"), world.entry(path="/private/"), world.entry(path="/private/x/", bearer="b"))
    await world.fetch()
    assert world.carried() == [True]


@pytest.mark.parametrize("host", [NAME, OTHER])
async def test_no_other_host_or_port_is_sent_anything_after_a_redirect_nor_the_first_one_after_it(
    world: World, host: str
) -> None:
    back = f"/private/back/{FILE}"
    world.write(world.entry(), world.entry(host=f"{host}:{world.other.port}"), world.entry(host=f"{OTHER}:443"))
    world.host.script(PRIVATE, redirect(world.other.url("/elsewhere", host)))
    world.other.script("/elsewhere", redirect(world.host.url(back, NAME)))
    world.host.script(back, file(WHEEL))
    assert await world.fetch() == WHEEL
    assert (world.carried(), world.carried(world.other)) == ([True, False], [False])


async def test_the_same_host_under_another_name_is_another_host(world: World) -> None:
    world.write(world.entry(), world.entry(host=f"{OTHER}:{world.host.port}"))
    world.host.script(PRIVATE, redirect(world.host.url("/elsewhere", OTHER)))
    world.host.script("/elsewhere", file(WHEEL))
    await world.fetch()
    assert world.carried() == [True, False]


@pytest.mark.parametrize(
    ("location", "carries"),
    [
        (f"/private/x/{FILE}?signature=1", True),
        ("/private/", True),
        ("/public/", False),
        ("/private", False),
        ("/private/../public/", False),
        ("/private/%2e%2e/public/", False),
        ("/private/.%2E%2fpublic/", False),
    ],
)
async def test_a_redirect_within_the_host_stays_below_the_path(world: World, location: str, carries: bool) -> None:
    world.write(world.entry(path="/private/"))
    world.host.script(PRIVATE, redirect(location))
    world.host.script(location, file(WHEEL))
    assert await world.fetch() == WHEEL
    assert world.carried() == [True, carries]


async def test_nothing_is_sent_without_tls_or_to_a_host_whose_certificate_is_not_trusted(world: World) -> None:
    world.host.script(PRIVATE, redirect(f"http://{NAME}:{world.host.port}/"))
    with pytest.raises(WheelRefusedError):
        await world.fetch()
    async with https_host(CertificateAuthority().server_context(NAME)) as stranger:
        world.write(world.entry(host=f"{NAME}:{stranger.port}"))
        url = WheelUrl.parse(stranger.url(PRIVATE, NAME))
        with pytest.raises(WheelHostFailedError):
            await world.open_fetcher().fetch(url, namespace="platform")
    assert (world.carried(), stranger.requests) == ([True], [])


@pytest.mark.parametrize("code", [401, 403])
async def test_a_host_that_does_not_accept_the_credentials_is_distinguished_from_one_that_was_sent_none(
    world: World, code: int
) -> None:
    world.host.script(PRIVATE, status(code, f"WWW-Authenticate: Basic realm={SECRET}"))
    with pytest.raises(WheelHostFailedError, match="does not accept the credentials") as refused:
        await world.fetch()
    with pytest.raises(WheelHostFailedError, match="without credentials"):
        await world.fetch(namespace="acme")
    assert SECRET not in refused.value.detail


async def test_a_changed_file_is_read_anew(world: World) -> None:
    world.write(world.entry(bearer="earlier"))
    fetcher = world.open_fetcher()
    await world.fetch(fetcher=fetcher)
    world.write(world.entry())
    await world.fetch(fetcher=fetcher)
    swapped = world.path.with_name("swapped.json")  # as a Kubernetes secret is
    world.path.rename(swapped)
    world.path.symlink_to(swapped)
    await world.fetch(fetcher=fetcher)
    world.write()
    await world.fetch(fetcher=fetcher)
    assert world.carried() == [False, True, True, False]


def _half_written(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def _opened(path: Path) -> None:
    path.chmod(0o644)


def _entry_without_secret(path: Path) -> None:
    path.write_text(json.dumps([{"host": NAME}]))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("spoil", [_half_written, _opened, _entry_without_secret, _folder, Path.unlink])
async def test_a_file_that_is_spoilt_leaves_the_last_good_one_in_use_and_is_logged_once(
    world: World, spoil: Callable[[Path], None]
) -> None:
    fetcher = world.open_fetcher()
    with structlog.testing.capture_logs() as logs:
        spoil(world.path)
        for _ in range(3):
            assert await world.fetch(fetcher=fetcher) == WHEEL
    assert world.carried() == [True] * 3
    assert [line["event"] for line in logs if "credentials" in line["event"]] == ["wheel_credentials_refused"]
    assert SECRET not in str(logs)


async def test_a_spoilt_file_that_is_mended_counts_again(world: World) -> None:
    fetcher = world.open_fetcher()
    _half_written(world.path)
    await world.fetch(fetcher=fetcher)
    world.write(world.entry(bearer="later"))
    await world.fetch(fetcher=fetcher)
    assert world.carried() == [True, False]
