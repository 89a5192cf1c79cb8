"""Connections to Clerk that fail: whom the registry trusts there, and what an operator reads of a failure."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from application.errors import TokenAuthorityUnavailableError
from tests.support.certificates import CertificateAuthority
from tests.support.clerk import VERIFY_PATH, Realm, a_realm, refusal_reason
from tests.support.https_host import HttpsHost, Reply, https_host, raw, reset, status

pytestmark = pytest.mark.hostile

TOKEN = "mt_never_logged"


@pytest.fixture(scope="module")
def realm() -> Iterator[Realm]:
    with a_realm() as realm:
        yield realm


@pytest.fixture
def authority() -> CertificateAuthority:
    return CertificateAuthority()


@pytest.fixture
async def clerk(authority: CertificateAuthority) -> AsyncIterator[HttpsHost]:
    """Clerk behind a certificate of a private authority; it knows no token."""
    async with https_host(authority.server_context("127.0.0.1")) as host:
        host.script(VERIFY_PATH, status(404))
        yield host


async def test_an_authority_in_ssl_cert_file_is_trusted(
    realm: Realm, clerk: HttpsHost, authority: CertificateAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.write_to(tmp_path / "ca.pem")))
    async with realm.verifier(api_url=clerk.url("")) as verifier:
        assert await refusal_reason(verifier, TOKEN) == "unknown token"


async def test_an_authority_that_is_not_trusted_is_logged(realm: Realm, clerk: HttpsHost) -> None:
    reason = await _reason(realm, clerk.url(""))
    assert reason.startswith("SSLCertVerificationError: ")
    assert "unable to get local issuer certificate" in reason


async def test_a_certificate_for_another_name_is_logged(
    realm: Realm, authority: CertificateAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.write_to(tmp_path / "ca.pem")))
    async with https_host(authority.server_context("clerk.example.com")) as host:
        assert "IP address mismatch" in await _reason(realm, host.url(""))


async def test_a_name_that_does_not_resolve_is_logged(realm: Realm) -> None:
    assert (await _reason(realm, "https://clerk.invalid")).startswith("gaierror: ")


async def test_a_port_where_nothing_listens_is_logged(realm: Realm) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        reason = await _reason(realm, f"https://127.0.0.1:{bound.getsockname()[1]}")
    assert reason.startswith("ConnectionRefusedError: ")


@pytest.mark.parametrize("reply", [reset, raw(b"nonsense\r\n\r\n")], ids=["reset", "not HTTP"])
async def test_the_token_and_the_secret_are_never_in_the_log(
    realm: Realm,
    clerk: HttpsHost,
    authority: CertificateAuthority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reply: Reply,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.write_to(tmp_path / "ca.pem")))
    clerk.script(VERIFY_PATH, reply)
    with capture_logs() as logs:
        await _fail(realm, clerk.url(""))
    assert [line["event"] for line in logs] == ["clerk_failed"]
    assert TOKEN not in str(logs)
    assert realm.receiver.secret not in str(logs)


async def _reason(realm: Realm, api_url: str) -> str:
    with capture_logs() as logs:
        await _fail(realm, api_url)
    (line,) = logs
    return str(line["reason"])


async def _fail(realm: Realm, api_url: str) -> None:
    async with realm.verifier(api_url=api_url) as verifier:
        with pytest.raises(TokenAuthorityUnavailableError):
            await verifier.verify(TOKEN)
