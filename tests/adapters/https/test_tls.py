"""Whose word a wheel host's certificate rests on."""

import ssl
from pathlib import Path

import pytest

from adapters.https.address_policy import AddressPolicy
from adapters.https.tls import create_ssl_context
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from application.errors import WheelHostFailedError
from domain.wheel.url import WheelUrl
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import file, https_host

PATH = "/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"


async def _is_trusted(authority: CertificateAuthority, spool: Path, ca_bundle: Path | None) -> bool:
    """Fetch from a host that the authority vouches for."""
    async with https_host(authority.server_context("127.0.0.1")) as host:
        host.script(PATH, file(b"wheel"))
        rules = AddressPolicy.parse(networks=["127.0.0.1/32"])
        fetcher = HttpsWheelFetcher(addresses=rules, tls=create_ssl_context(ca_bundle), spool_directory=spool)
        try:
            await fetcher.fetch(WheelUrl.parse(host.url(PATH)))
        except WheelHostFailedError:
            return False
        return True


async def test_a_bundle_is_trusted_beside_the_systems_authorities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, private, stranger = CertificateAuthority(), CertificateAuthority(), CertificateAuthority()
    monkeypatch.setenv("SSL_CERT_FILE", str(system.write_to(tmp_path / "system.pem")))
    bundle = private.write_to(tmp_path / "bundle.pem")
    trusted = {ca: [await _is_trusted(ca, tmp_path, given) for given in (None, bundle)] for ca in (system, private)}
    assert trusted == {system: [True, True], private: [False, True]}
    assert not await _is_trusted(stranger, tmp_path, bundle)


def test_a_bundle_adds_to_the_public_authorities_and_takes_none_away(tmp_path: Path) -> None:
    bundle = CertificateAuthority().write_to(tmp_path / "bundle.pem")
    public, both = (_der(ca_bundle) for ca_bundle in (None, bundle))
    assert public < both
    assert len(both - public) == 1


@pytest.mark.parametrize("content", [b"", b"no certificate"])
def test_a_bundle_that_holds_no_certificate_fails_at_the_start(tmp_path: Path, content: bytes) -> None:
    bundle = tmp_path / "bundle.pem"
    with pytest.raises(FileNotFoundError):
        create_ssl_context(bundle)
    bundle.write_bytes(content)
    with pytest.raises(ssl.SSLError):
        create_ssl_context(bundle)


def _der(ca_bundle: Path | None) -> set[bytes]:
    return set(create_ssl_context(ca_bundle).get_ca_certs(binary_form=True))
