"""The certificate authority of the fake, as Fulcio is one, with its log of certificates."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyasn1.codec.der.encoder import encode
from pyasn1.type.char import UTF8String
from pyasn1.type.univ import OctetString

from entrypoints.development.sigstore.keys import ECDSA, key_id, new_key

FULCIO = "1.3.6.1.4.1.57264.1."
_SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_FIRST_DER = 8
"""Extensions before it hold plain text (Fulcio, "Sigstore OID information")."""

Claims = Mapping[int, str]
"""By the last number of the extension."""


@dataclass
class Authority:
    """Issues certificates of ten minutes to runs of workflows.

    Attributes:
        at: When everything is issued.
        root: Its own certificate.
    """

    at: datetime
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    log: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    root: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        """Certify itself."""
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "sigstore.example.com")])
        usage = _key_usage(signs_certificates=True)
        self.root = (
            x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at - timedelta(days=1))
            .not_valid_after(self.at + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def certificate(
        self, key: ec.EllipticCurvePrivateKey, claims: Claims, subject: x509.GeneralName | None = None
    ) -> x509.Certificate:
        """Return a certificate of these claims, logged in the log of certificates."""
        name = subject or x509.UniformResourceIdentifier(claims.get(9, "https://example.com/nothing"))
        build = (
            x509.CertificateBuilder(
                subject_name=x509.Name([]), issuer_name=self.root.subject, public_key=key.public_key()
            )
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at)
            .not_valid_after(self.at + timedelta(minutes=10))
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        )
        for number, value in claims.items():
            raw = value.encode() if number < _FIRST_DER else encode(UTF8String(value))
            oid = x509.ObjectIdentifier(f"{FULCIO}{number}")
            build = build.add_extension(x509.UnrecognizedExtension(oid, raw), critical=False)
        logged = self._logged(build.sign(self.key, hashes.SHA256()).tbs_certificate_bytes)
        return build.add_extension(logged, critical=False).sign(self.key, hashes.SHA256())

    def _logged(self, certificate: bytes) -> x509.UnrecognizedExtension:
        """Return the list of the one timestamp that the log of certificates signs (RFC 6962 section 3.2)."""
        milliseconds = int(self.at.timestamp() * 1000)
        entry = key_id(self.key) + struct.pack("!I", len(certificate))[1:] + certificate
        signature = self.log.sign(struct.pack("!BBQH", 0, 0, milliseconds, 1) + entry + struct.pack("!H", 0), ECDSA)
        stamp = b"\0" + key_id(self.log) + struct.pack("!QH", milliseconds, 0)
        stamp += b"\4\3" + struct.pack("!H", len(signature)) + signature
        listed = struct.pack("!HH", len(stamp) + 2, len(stamp)) + stamp
        return x509.UnrecognizedExtension(_SCT_LIST, encode(OctetString(listed)))


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
