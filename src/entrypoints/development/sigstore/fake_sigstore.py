"""Attestations that verify against the fake's own trusted root, and against no other."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from entrypoints.development.sigstore.authority import Authority, Claims
from entrypoints.development.sigstore.keys import ECDSA, base64_of, key_id, new_key, public_bytes

_IN_TOTO = "application/vnd.in-toto+json"


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class FakeSigstore:
    """An authority and a log of signatures.

    Attributes:
        authority: Issues certificates, and logs them.
        signature_log: Key of the log of signatures.
    """

    authority: Authority = field(default_factory=lambda: Authority(_now()))
    signature_log: ec.EllipticCurvePrivateKey = field(default_factory=new_key)

    def trusted_root(self) -> str:
        """Return the document that lets others verify."""
        since = {"start": (self.authority.at - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}

        def log(key: ec.EllipticCurvePrivateKey, url: str) -> dict[str, Any]:
            public = {
                "rawBytes": base64_of(public_bytes(key)),
                "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                "validFor": since,
            }
            log_id = {"keyId": base64_of(key_id(key))}
            return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": public, "logId": log_id}

        chain = {"certificates": [{"rawBytes": base64_of(self.authority.root.public_bytes(Encoding.DER))}]}
        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs": [log(self.signature_log, "https://rekor.example.com")],
                "ctlogs": [log(self.authority.log, "https://ct.example.com")],
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

    def attest(
        self, statement: bytes, claims: Claims, *, subject: x509.GeneralName | None = None, kind: str = _IN_TOTO
    ) -> dict[str, Any]:
        """Return a bundle of version 0.3."""
        key = new_key()
        certificate = self.authority.certificate(key, claims, subject)
        signature = key.sign(f"DSSEv1 {len(kind)} {kind} {len(statement)} ".encode() + statement, ECDSA)
        body: Any = {
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": {"algorithm": "sha256", "value": "0" * 64},
                "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(statement).hexdigest()},
                "signatures": [
                    {
                        "signature": base64_of(signature),
                        "verifier": base64_of(certificate.public_bytes(Encoding.PEM)),
                    }
                ],
            },
        }
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {"rawBytes": base64_of(certificate.public_bytes(Encoding.DER))},
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
        log_id, at = key_id(self.signature_log), int(self.authority.at.timestamp()) + 1
        root = base64_of(hashlib.sha256(b"\0" + body).digest())
        note = f"rekor.example.com - 1\n1\n{root}\n"
        signed = base64_of(log_id[:4] + self.signature_log.sign(note.encode(), ECDSA))
        promised = rfc8785.dumps({"body": base64_of(body), "integratedTime": at, "logID": log_id.hex(), "logIndex": 0})
        return {
            "logIndex": "0",
            "logId": {"keyId": base64_of(log_id)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(at),
            "inclusionPromise": {"signedEntryTimestamp": base64_of(self.signature_log.sign(promised, ECDSA))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": root,
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": f"{note}\n\N{EM DASH} rekor.example.com {signed}\n"},
            },
            "canonicalizedBody": base64_of(body),
        }


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
