"""The two forms of attestations: Sigstore bundles, and the attestation objects of PEP 740."""

import json
from collections.abc import Mapping
from typing import Any

from domain.provenance.errors import AttestationInvalidError

IN_TOTO = "application/vnd.in-toto+json"
_BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_BUNDLES = (_BUNDLE, "application/vnd.dev.sigstore.bundle+json;version=0.3")
_UNREADABLE = "the attestation is no JSON object with unique members; send it as the signing tool wrote it"


def as_bundle(sent: bytes) -> dict[str, Any]:
    """Return the bundle that was sent, or that an attestation object was made from. Its parts are not validated.

    Raises:
        AttestationInvalidError: It is neither.
    """
    try:
        value = json.loads(sent.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise AttestationInvalidError(_UNREADABLE) from None
    if not isinstance(value, dict):
        raise AttestationInvalidError(_UNREADABLE)
    if "mediaType" in value:
        bundle = value
    elif value.get("version") == 1 and value.get("version") is not True:
        bundle = _bundle_of(value)
    else:
        raise AttestationInvalidError(
            "the attestation is neither a Sigstore bundle, which has a mediaType, nor a PEP 740 object of version 1"
        )
    if bundle["mediaType"] not in _BUNDLES:
        raise AttestationInvalidError(
            "the attestation is no Sigstore bundle of version 0.3; sign with a current release of your tool"
        )
    _require_one_spelling(bundle)
    _require_one_entry(bundle)
    return bundle


def object_at(value: object, *path: str) -> Mapping[str, Any]:
    """Return an object inside of another; an empty one if there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def entry_of(bundle: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the log entry."""
    return object_at(object_at(bundle, "verificationMaterial")["tlogEntries"][0])


def _bundle_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    material, envelope = object_at(sent, "verification_material"), object_at(sent, "envelope")
    stamps = material.get("timestamps")
    return {
        "mediaType": _BUNDLE,
        "verificationMaterial": {
            "certificate": {"rawBytes": material.get("certificate")},
            "tlogEntries": material.get("transparency_entries"),
            "timestampVerificationData": {
                "rfc3161Timestamps": [{"signedTimestamp": each} for each in stamps] if isinstance(stamps, list) else []
            },
        },
        "dsseEnvelope": {
            "payload": envelope.get("statement"),
            "payloadType": IN_TOTO,
            "signatures": [{"sig": envelope.get("signature")}],
        },
    }


def _require_one_spelling(value: object) -> None:
    """Refuse members in snake case, which the library takes beside those in camel case: only the latter are read here.

    Otherwise a bundle could show another time or place in the log than the one that was verified.
    """
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if any("_" in name for name in part):
                raise AttestationInvalidError(
                    "the attestation has members that no Sigstore bundle has; send it as the signing tool wrote it"
                )
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _require_one_entry(bundle: Mapping[str, Any]) -> None:
    """Refuse what the library refuses too, in words that say what to do."""
    entries = object_at(bundle, "verificationMaterial").get("tlogEntries")
    if not isinstance(entries, list) or len(entries) != 1:
        raise AttestationInvalidError(
            "the attestation has not exactly one entry of a transparency log; those of private repositories have none, "
            "and are not accepted"
        )
    stamps = object_at(bundle, "verificationMaterial", "timestampVerificationData").get("rfc3161Timestamps")
    if not object_at(entries[0]).get("inclusionPromise") and not stamps:
        raise AttestationInvalidError(
            "the attestation has neither the log's promise nor a signed timestamp, so it is unknown when it was made; "
            "sign with a current release of your tool"
        )


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member is repeated")
    return found
