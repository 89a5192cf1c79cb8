"""What every wheel fetcher promises, whatever it is built on."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.https.address_policy import AddressPolicy
from adapters.https.policy import FetchPolicy
from adapters.https.spool import BLOCK_BYTES
from adapters.https.tls import create_ssl_context
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from application.errors import WheelHostFailedError
from application.ports.wheel_fetcher import WheelFetcher
from domain.wheel.url import WheelUrl
from entrypoints.development.wheel_host import WheelHost
from provider_registry_testing.wheel_fetcher import WHEEL, WheelFetcherContract, WheelSource, bytes_of
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import HttpsHost, file, https_host, status

PATH = "/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"


@dataclass
class HttpsSource:
    host: HttpsHost
    fetcher: WheelFetcher

    @property
    def url(self) -> WheelUrl:
        return WheelUrl.parse(self.host.url(PATH))

    def serve(self, data: bytes) -> None:
        self.host.script(PATH, file(data))

    def fail(self) -> None:
        self.host.script(PATH, status(500))


@dataclass
class MemorySource:
    fetcher: InMemoryWheelFetcher
    url: WheelUrl

    def serve(self, data: bytes) -> None:
        self.fetcher.put(self.url, data)

    def fail(self) -> None:
        self.fetcher.fail_with(self.url, WheelHostFailedError("the wheel's host answers 500"))


@pytest.fixture
async def https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpsSource]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    authority = CertificateAuthority()
    async with https_host(authority.server_context("127.0.0.1")) as host:
        rules = AddressPolicy.parse(networks=["127.0.0.1/32"])
        fetcher = HttpsWheelFetcher(FetchPolicy(), addresses=rules, tls=authority.client_context())
        yield HttpsSource(host, fetcher)


@pytest.fixture(params=["https", "memory"])
def source(request: pytest.FixtureRequest, https: HttpsSource) -> WheelSource:
    memory = MemorySource(InMemoryWheelFetcher(), WheelUrl.parse(f"https://wheels.example.com{PATH}"))
    return https if request.param == "https" else memory


class TestWheelFetchers(WheelFetcherContract):
    @pytest.fixture
    def spool(self, tmp_path: Path) -> Path:
        return tmp_path


@pytest.mark.parametrize(("size", "files"), [(0, 0), (BLOCK_BYTES - 1, 0), (BLOCK_BYTES, 1), (BLOCK_BYTES + 1, 1)])
async def test_a_wheel_of_less_than_a_block_is_never_on_disk(
    https: HttpsSource, tmp_path: Path, size: int, files: int
) -> None:
    https.serve(bytes(size))
    with await https.fetcher.fetch(https.url) as fetched:
        assert len(_files_in(tmp_path)) == files
        assert bytes_of(fetched.content) == bytes(size)


async def test_memory_counts_fetches_per_url() -> None:
    fetcher = InMemoryWheelFetcher()
    fetched, other = (WheelUrl.parse(f"https://{host}.example.com{PATH}") for host in ("wheels", "other"))
    fetcher.put(fetched, b"x")
    for _ in range(2):
        await fetcher.fetch(fetched)
    assert (fetcher.fetches[fetched], fetcher.fetches[other]) == (2, 0)


def test_the_development_host_serves_the_files_of_its_folder_and_nothing_else(tmp_path: Path) -> None:
    served, other = tmp_path / "served", tmp_path / "other"
    for folder in (served, other):
        folder.mkdir()
        (folder / "a.whl").write_bytes(WHEEL)
    (other / "b.whl").write_bytes(b"secret")
    (served / "link.whl").symlink_to(other / "b.whl")
    with WheelHost(served, ca_directory=other) as host:
        assert _get(host, "/a.whl") == (200, WHEEL)
        elsewhere = ["/", "/link.whl", "/missing.whl", "/../other/b.whl", "/%2e%2e/other/b.whl", "/..%2fother%2fb.whl"]
        assert {_get(host, path)[0] for path in [*elsewhere, f"/{other}/b.whl", f"{other}/b.whl"]} == {404}


async def test_the_development_host_serves_the_fetcher(tmp_path: Path) -> None:
    data = b"x" * 1_000_000
    await asyncio.to_thread((tmp_path / Path(PATH).name).write_bytes, data)
    with WheelHost(tmp_path, ca_directory=tmp_path) as host:
        rules = AddressPolicy.parse(networks=["127.0.0.1/32"])
        fetcher = HttpsWheelFetcher(addresses=rules, tls=create_ssl_context(host.ca_path), spool_directory=tmp_path)
        with await fetcher.fetch(WheelUrl.parse(f"{host.url}/{Path(PATH).name}")) as fetched:
            assert fetched.sha256.hex == hashlib.sha256(data).hexdigest()


def _get(host: WheelHost, path: str) -> tuple[int, bytes]:
    address = urlsplit(host.url)
    assert address.hostname is not None
    connection = HTTPSConnection(address.hostname, address.port, context=create_ssl_context(host.ca_path))
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())
