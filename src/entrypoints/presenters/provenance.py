"""Attestations as they are shown: the provenance object of PEP 740, with publishers derived from the certificates."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from domain.provenance.attestations import RecordedAttestation
from domain.provenance.claims import SignerClaims

_KINDS = {
    "https://token.actions.githubusercontent.com": "GitHub",
    "https://gitlab.com": "GitLab",
    "https://oidc.circleci.com": "CircleCI",
}


class BuildView(msgspec.Struct, frozen=True, kw_only=True):
    """The workflow run that signed, as its certificate names it. What its issuer does not state is null."""

    issuer: str
    repository: Annotated[str, msgspec.Meta(description="URL; repositories can be renamed, their ids cannot.")]
    repository_id: str
    owner_id: str | None
    workflow: str
    signer: Annotated[str | None, msgspec.Meta(description="The reusable workflow that signed, if one did.")]
    ref: str | None
    commit: str | None
    environment: str | None
    run: Annotated[str | None, msgspec.Meta(description="URL of the run.")]


class AttestationView(msgspec.Struct, frozen=True, kw_only=True):
    """An attestation that was verified."""

    predicate_type: str
    sha256: Annotated[str, msgspec.Meta(description="Of the attestation as it was sent.")]
    log_index: Annotated[int, msgspec.Meta(description="Of its entry in the log of signatures.")]
    logged_at: datetime | None
    added_at: datetime
    added_by: str
    built_by: BuildView


class InstalledProvenanceView(msgspec.Struct, frozen=True, kw_only=True):
    """Who built the version, and where that can be verified."""

    url: Annotated[
        str,
        msgspec.Meta(description="Of the provenance object (PEP 740); a path, if `REGISTRY_PUBLIC_URL` is not set."),
    ]
    built_by: BuildView


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


def attestation_views(attestations: Sequence[RecordedAttestation]) -> list[AttestationView]:
    """Return what was verified of each attestation."""
    return [
        AttestationView(
            predicate_type=recorded.attestation.predicate_type,
            sha256=recorded.attestation.sha256.hex,
            log_index=recorded.attestation.log_index,
            logged_at=recorded.attestation.logged_at,
            added_at=recorded.added_at,
            added_by=recorded.added_by,
            built_by=build_view(recorded.attestation.claims),
        )
        for recorded in attestations
    ]


def build_view(claims: SignerClaims) -> BuildView:
    """Return the run that a certificate names."""
    return BuildView(**{name: getattr(claims, name) for name in BuildView.__struct_fields__})


def installed_provenance_view(attestations: Sequence[RecordedAttestation], url: str) -> InstalledProvenanceView | None:
    """Return who built a version, by its first attestation; None if it has none."""
    if not attestations:
        return None
    return InstalledProvenanceView(url=url, built_by=build_view(attestations[0].attestation.claims))


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
    stamps = (material.get("timestampVerificationData") or {}).get("rfc3161Timestamps") or []
    reshaped = {
        "version": 1,
        "verification_material": {
            "certificate": material["certificate"]["rawBytes"],
            "transparency_entries": material["tlogEntries"],
            **({"timestamps": [stamp["signedTimestamp"] for stamp in stamps]} if stamps else {}),
        },
        "envelope": {"statement": envelope["payload"], "signature": envelope["signatures"][0]["sig"]},
    }
    return msgspec.Raw(msgspec.json.encode(reshaped))


BUILD_EXAMPLE = BuildView(
    issuer="https://token.actions.githubusercontent.com",
    repository="https://github.com/acme/demo",
    repository_id="772247423",
    owner_id="2314423",
    workflow=".github/workflows/release.yml",
    signer=None,
    ref="refs/tags/v1.4.0",
    commit="1" * 40,
    environment=None,
    run="https://github.com/acme/demo/actions/runs/1/attempts/1",
)
ATTESTATION_EXAMPLE = AttestationView(
    predicate_type="https://slsa.dev/provenance/v1",
    sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    log_index=123456789,
    logged_at=datetime(2026, 1, 2, 3, 0, 0, tzinfo=UTC),
    added_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    added_by="mch_release",
    built_by=BUILD_EXAMPLE,
)
