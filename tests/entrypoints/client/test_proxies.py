"""Which proxy of the environment a request goes through, if any."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from entrypoints.client.errors import UnusableError
from entrypoints.client.proxies import excepts
from entrypoints.client.retrying_client import new_http_client
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import HttpsHost, https_host, status
from tests.support.ports import free_port


@pytest.mark.parametrize(
    ("exception", "url"),
    [
        ("*", "https://registry.example.com"),
        ("example.com", "https://example.com"),
        ("example.com", "https://registry.example.com"),
        (".example.com", "https://registry.example.com"),
        (".example.com", "https://example.com"),
        ("*.example.com", "https://registry.example.com"),
        ("example.com.", "https://example.com"),
        ("example.com", "https://Registry.Example.com."),
        ("example.com:8443", "https://registry.example.com:8443"),
        ("example.com:443", "https://registry.example.com"),
        ("https://example.com", "https://example.com"),
        ("localhost", "http://localhost:8000"),
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("127.0.0.0/8", "http://127.1.2.3:8000"),
        ("127.0.0.1/8", "http://127.1.2.3:8000"),
        ("::1", "http://[::1]:8000"),
        ("[::1]", "http://[::1]:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("0:0:0:0:0:0:0:1", "http://[::1]"),
        ("fd00::/8", "https://[fd12::1]"),
        ("[fd00::]/8", "https://[fd12::1]"),
    ],
)
def test_an_entry_of_no_proxy_is_about_a_host(exception: str, url: str) -> None:
    assert excepts(exception, httpx.URL(url))


@pytest.mark.parametrize(
    ("exception", "url"),
    [
        ("", "https://example.com"),
        (".", "https://example.com"),
        ("example.com", "https://myexample.com"),
        ("registry.example.com", "https://example.com"),
        ("example.com:8443", "https://example.com"),
        ("http://example.com", "https://example.com"),
        ("127.0.0.1:8000", "http://127.0.0.1:8001"),
        ("10.0.0.0/8", "http://127.0.0.1"),
        ("10.0.0.0/8", "http://10.example.com"),
        ("10.0.0.0/8", "http://[::1]"),
        ("::/0", "http://127.0.0.1"),
        ("[::1]:8000", "http://[::1]:8001"),
        ("[::1", "http://[::1]"),
        ("fd00::/400", "https://[fd12::1]"),
        ("a:b:c", "https://a"),
        ("[", "https://example.com"),
        ("(", "https://example.com"),
        ("%", "https://example.com"),
        ("\u00e9", "https://example.com"),
    ],
)
def test_an_entry_of_no_proxy_is_about_no_other_host(exception: str, url: str) -> None:
    assert not excepts(exception, httpx.URL(url))


@dataclass
class Asking:
    """A host, and a client that trusts it."""

    host: HttpsHost
    ca_bundle: Path

    async def get(self) -> int:
        def get() -> int:
            with new_http_client(self.ca_bundle) as http:
                return http.get(self.host.url("/")).status_code

        return await asyncio.to_thread(get)


@pytest.fixture
async def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asking]:
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    authority = CertificateAuthority()
    async with https_host(authority.server_context("127.0.0.1")) as host:
        host.script("/", status(200))
        yield Asking(host, authority.write_to(tmp_path / "ca.pem"))


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_a_proxy_is_used_unless_no_proxy_names_the_host(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, f"127.0.0.1:{free_port()}")  # where nothing listens
    with pytest.raises(httpx.ConnectError):
        await asking.get()

    monkeypatch.setenv("NO_PROXY", "fd00::/8, [::1] example.com,127.0.0.0/8")
    assert await asking.get() == 200


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://127.0.0.1:1080",
        "socks5h://127.0.0.1",
        "ftp://127.0.0.1",
        "http://127.0.0.1:port",
        "http://[::1",
        "http://a..example.com",
        f"http://{'a' * 64}.example.com",
        "://",
    ],
)
async def test_a_proxy_that_cannot_be_used_is_reported_by_its_variable_if_it_would_be(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(UnusableError, match="ALL_PROXY"):
        await asking.get()

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert await asking.get() == 200


async def test_a_password_of_a_proxy_is_not_shown(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "ftp://user:s3cret@127.0.0.1")
    with pytest.raises(UnusableError) as caught:
        await asking.get()
    assert "s3cret" not in caught.value.detail
