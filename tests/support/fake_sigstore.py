"""A Sigstore instance of the tests' own: an authority, and logs of certificates and of signatures."""

import base64
import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyasn1.codec.der.encoder import encode
from pyasn1.type.char import UTF8String
from pyasn1.type.univ import OctetString

FULCIO = "1.3.6.1.4.1.57264.1."
GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
_SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_ECDSA = ec.ECDSA(hashes.SHA256())
_IN_TOTO = "application/vnd.in-toto+json"

Claims = Mapping[int, str]
"""By the last number of the extension."""


def a_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def key_id(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(_public_bytes(key)).digest()


def _public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)


def github_claims(
    repository: str = "acme/demo", workflow: str = "release.yml", ref: str = "refs/tags/v1.0.0"
) -> dict[int, str]:
    """Return what GitHub's certificates say of a release."""
    uri = f"https://github.com/{repository}/.github/workflows/{workflow}@{ref}"
    return {
        1: GITHUB_ISSUER,
        8: GITHUB_ISSUER,
        9: uri,
        10: "1" * 40,
        11: "github-hosted",
        12: f"https://github.com/{repository}",
        13: "1" * 40,
        14: ref,
        15: "772247423",
        16: f"https://github.com/{repository.partition('/')[0]}",
        17: "2314423",
        18: uri,
        19: "1" * 40,
        20: "release",
        21: f"https://github.com/{repository}/actions/runs/1/attempts/1",
        22: "public",
    }


@dataclass
class FakeSigstore:
    """An instance with keys of its own. What it signs verifies against its trusted root alone."""

    authority: ec.EllipticCurvePrivateKey = field(default_factory=a_key)
    certificate_log: ec.EllipticCurvePrivateKey = field(default_factory=a_key)
    signature_log: ec.EllipticCurvePrivateKey = field(default_factory=a_key)
    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    root: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "sigstore.example.com")])
        usage = _key_usage(signs_certificates=True)
        self.root = (
            x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=self.authority.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at - timedelta(days=1))
            .not_valid_after(self.at + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.authority.public_key()), critical=False)
            .sign(self.authority, hashes.SHA256())
        )

    def trusted_root(self) -> str:
        """Return the document that lets others verify."""
        since = {"start": (self.at - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}

        def log(key: ec.EllipticCurvePrivateKey, url: str) -> dict[str, Any]:
            public = {
                "rawBytes": base64_of(_public_bytes(key)),
                "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                "validFor": since,
            }
            log_id = {"keyId": base64_of(key_id(key))}
            return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": public, "logId": log_id}

        chain = {"certificates": [{"rawBytes": base64_of(self.root.public_bytes(serialization.Encoding.DER))}]}
        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs": [log(self.signature_log, "https://rekor.example.com")],
                "ctlogs": [log(self.certificate_log, "https://ct.example.com")],
                "certificateAuthorities": [
                    {
                        "subject": {"organization": "example", "commonName": "example"},
                        "uri": "https://fulcio.example.com",
                        "certChain": chain,
                        "validFor": since,
                    }
                ],
                "timestampAuthorities": [],
            }
        )

    def certificate(
        self, key: ec.EllipticCurvePrivateKey, claims: Claims, subject: x509.GeneralName | None = None
    ) -> x509.Certificate:
        """Return a certificate of ten minutes, logged in the log of certificates."""
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
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.authority.public_key()), critical=False
            )
            .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        )
        for number, value in claims.items():
            raw = value.encode() if number < 7 else encode(UTF8String(value))
            oid = x509.ObjectIdentifier(f"{FULCIO}{number}")
            build = build.add_extension(x509.UnrecognizedExtension(oid, raw), critical=False)
        logged = self._logged(build.sign(self.authority, hashes.SHA256()).tbs_certificate_bytes)
        return build.add_extension(logged, critical=False).sign(self.authority, hashes.SHA256())

    def attest(
        self, statement: bytes, claims: Claims, *, subject: x509.GeneralName | None = None, kind: str = _IN_TOTO
    ) -> dict[str, Any]:
        """Return a bundle of version 0.3."""
        key = a_key()
        certificate = self.certificate(key, claims, subject)
        signature = key.sign(f"DSSEv1 {len(kind)} {kind} {len(statement)} ".encode() + statement, _ECDSA)
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        body: Any = {
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": {"algorithm": "sha256", "value": "0" * 64},
                "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(statement).hexdigest()},
                "signatures": [{"signature": base64_of(signature), "verifier": base64_of(pem)}],
            },
        }
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {"rawBytes": base64_of(certificate.public_bytes(serialization.Encoding.DER))},
                "tlogEntries": [self._entry(rfc8785.dumps(body))],
            },
            "dsseEnvelope": {
                "payload": base64_of(statement),
                "payloadType": kind,
                "signatures": [{"sig": base64_of(signature)}],
            },
        }

    def _entry(self, body: bytes) -> dict[str, Any]:
        """Return the entry of a body in a log that holds nothing else: the hash of its leaf is that of its root."""
        log_id, at = key_id(self.signature_log), int(self.at.timestamp()) + 1
        root = base64_of(hashlib.sha256(b"\0" + body).digest())
        note = f"rekor.example.com - 1\n1\n{root}\n"
        signed = base64_of(log_id[:4] + self.signature_log.sign(note.encode(), _ECDSA))
        promised = rfc8785.dumps({"body": base64_of(body), "integratedTime": at, "logID": log_id.hex(), "logIndex": 0})
        return {
            "logIndex": "0",
            "logId": {"keyId": base64_of(log_id)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(at),
            "inclusionPromise": {"signedEntryTimestamp": base64_of(self.signature_log.sign(promised, _ECDSA))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": root,
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": f"{note}\n\N{EM DASH} rekor.example.com {signed}\n"},
            },
            "canonicalizedBody": base64_of(body),
        }

    def _logged(self, certificate: bytes) -> x509.UnrecognizedExtension:
        """Return the list of the one timestamp that the log of certificates signs (RFC 6962 section 3.2)."""
        milliseconds = int(self.at.timestamp() * 1000)
        entry = key_id(self.authority) + struct.pack("!I", len(certificate))[1:] + certificate
        signature = self.certificate_log.sign(
            struct.pack("!BBQH", 0, 0, milliseconds, 1) + entry + struct.pack("!H", 0), _ECDSA
        )
        stamp = b"\0" + key_id(self.certificate_log) + struct.pack("!QH", milliseconds, 0)
        stamp += b"\4\3" + struct.pack("!H", len(signature)) + signature
        listed = struct.pack("!HH", len(stamp) + 2, len(stamp)) + stamp
        return x509.UnrecognizedExtension(_SCT_LIST, encode(OctetString(listed)))


def as_object(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attestation object of PEP 740 that a bundle becomes."""
    material, envelope = bundle["verificationMaterial"], bundle["dsseEnvelope"]
    return {
        "version": 1,
        "verification_material": {
            "certificate": material["certificate"]["rawBytes"],
            "transparency_entries": material["tlogEntries"],
        },
        "envelope": {"statement": envelope["payload"], "signature": envelope["signatures"][0]["sig"]},
    }


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
