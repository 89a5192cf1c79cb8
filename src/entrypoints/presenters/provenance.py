"""Attestations as they are shown: the provenance object of PEP 740, with publishers derived from the certificates."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from domain.provenance.attestations import RecordedAttestation
from domain.provenance.claims import SignerClaims

_KINDS = {
    "https://token.actions.githubusercontent.com": "GitHub",
    "https://gitlab.com": "GitLab",
    "https://oidc.circleci.com": "CircleCI",
}


class AttestationBundleView(msgspec.Struct, frozen=True, kw_only=True):
    """Attestations of one publisher.

    Attributes:
        publisher: ``kind``, the members that this kind of publisher has, and ``claims`` as certified.
    """

    publisher: dict[str, Any]
    attestations: list[msgspec.Raw]


class ProvenanceView(msgspec.Struct, frozen=True, kw_only=True):
    """A provenance object (PEP 740)."""

    version: int = 1
    attestation_bundles: list[AttestationBundleView]


def provenance_view(attestations: Sequence[RecordedAttestation]) -> ProvenanceView:
    """Return the provenance object of a version. Attestation objects are in it byte for byte, bundles are reshaped."""
    by_publisher: dict[bytes, tuple[dict[str, Any], list[msgspec.Raw]]] = {}
    for recorded in attestations:
        publisher = publisher_view(recorded.attestation.claims)
        key = msgspec.json.encode(publisher, order="deterministic")
        by_publisher.setdefault(key, (publisher, []))[1].append(_as_object(recorded.attestation.sent))
    return ProvenanceView(
        attestation_bundles=[
            AttestationBundleView(publisher=publisher, attestations=sent) for publisher, sent in by_publisher.values()
        ]
    )


def publisher_view(claims: SignerClaims) -> dict[str, Any]:
    """Return the publisher that a certificate names; of an issuer without a kind of its own, the issuer is the kind."""
    kind = _KINDS.get(claims.issuer, claims.issuer)
    return {"kind": kind, **_members(kind, claims), "claims": claims_view(claims)}


def claims_view(claims: SignerClaims) -> dict[str, str]:
    """Return what a certificate says, without what it does not."""
    return {name: value for name, value in asdict(claims).items() if value is not None}


def _members(kind: str, claims: SignerClaims) -> Mapping[str, str | None]:
    host, _, path = claims.repository.removeprefix("https://").partition("/")
    if kind == "GitHub":
        workflow = claims.workflow.rpartition("/")[2]
        return {"repository": path, "workflow": workflow, "environment": claims.environment}
    if kind == "GitLab":
        return {"repository": path, "workflow_filepath": claims.workflow, "environment": claims.environment}
    if kind == "CircleCI":
        return {
            "project_id": claims.repository_id,
            "pipeline_definition_id": claims.workflow.rpartition("/")[2],
            "vcs_origin": f"{host}/{path}",
            "vcs_ref": claims.ref,
        }
    return {"repository": claims.repository, "workflow": claims.workflow}


def _as_object(sent: bytes) -> msgspec.Raw:
    value = msgspec.json.decode(sent)
    if "mediaType" not in value:
        return msgspec.Raw(sent)
    material, envelope = value["verificationMaterial"], value["dsseEnvelope"]
    certificate = material.get("certificate") or material["x509CertificateChain"]["certificates"][0]
    stamps = (material.get("timestampVerificationData") or {}).get("rfc3161Timestamps") or []
    reshaped = {
        "version": 1,
        "verification_material": {
            "certificate": certificate["rawBytes"],
            "transparency_entries": material["tlogEntries"],
            **({"timestamps": [stamp["signedTimestamp"] for stamp in stamps]} if stamps else {}),
        },
        "envelope": {"statement": envelope["payload"], "signature": envelope["signatures"][0]["sig"]},
    }
    return msgspec.Raw(msgspec.json.encode(reshaped))
