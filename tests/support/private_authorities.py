"""Private authorities as companies run them, which do not follow RFC 5280 to the letter."""

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HOST = "127.0.0.1"

_ALTERNATIVE_NAME = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class PrivateHost:
    """A host's certificate chain with its key, and the bundle that its clients are given, both as PEM."""

    chain: bytes
    bundle: bytes

    def server_context(self, folder: Path) -> ssl.SSLContext:
        path = folder / "host.pem"
        path.write_bytes(self.chain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def write_bundle(self, folder: Path) -> Path:
        path = folder / "bundle.pem"
        path.write_bytes(self.bundle)
        return path


@dataclass(frozen=True)
class _Issued:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def with_key(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + self.pem


def _issue(name: str, *extensions: x509.ExtensionType, issuer: _Issued | None = None, critical: bool = True) -> _Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical and not isinstance(extension, x509.SubjectAlternativeName))
    return _Issued(builder.sign(issuer.key if issuer else key, SHA256()), key)


def _authority(*extensions: x509.ExtensionType, issuer: _Issued | None = None, critical: bool = True) -> _Issued:
    basic = x509.BasicConstraints(ca=True, path_length=None)
    return _issue("Example Corp CA", basic, *extensions, issuer=issuer, critical=critical)


def _host(issuer: _Issued) -> bytes:
    return _issue("host", _ALTERNATIVE_NAME, issuer=issuer).with_key


def _root_without_key_usage() -> PrivateHost:
    root = _authority()
    return PrivateHost(_host(root), root.pem)


def _root_without_key_identifiers() -> PrivateHost:
    root = _authority(_SIGNS_CERTIFICATES)
    return PrivateHost(_host(root), root.pem)


def _root_without_critical_constraints() -> PrivateHost:
    root = _authority(_SIGNS_CERTIFICATES, critical=False)
    return PrivateHost(_host(root), root.pem)


def _intermediate_alone() -> PrivateHost:
    intermediate = _issue(
        "Example Corp Issuing CA",
        x509.BasicConstraints(ca=True, path_length=0),
        issuer=_authority(),
    )
    return PrivateHost(_host(intermediate), intermediate.pem)


def _host_alone() -> PrivateHost:
    host = _issue("host", _ALTERNATIVE_NAME)
    return PrivateHost(host.with_key, host.pem)


UNUSUAL: dict[str, Callable[[], PrivateHost]] = {
    "a root without keyUsage": _root_without_key_usage,
    "no key identifiers": _root_without_key_identifiers,
    "basicConstraints that are not critical": _root_without_critical_constraints,
    "an intermediate authority alone": _intermediate_alone,
    "the host's own certificate": _host_alone,
}


def a_root_that_may_not_sign() -> PrivateHost:
    """Make a host whose certificate was signed by another host's, which is in the bundle."""
    host = _issue("host", _ALTERNATIVE_NAME, x509.BasicConstraints(ca=False, path_length=None))
    return PrivateHost(_host(host), host.pem)
