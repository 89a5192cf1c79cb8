"""Which refusals each operation can give: one table, from which the OpenAPI document's 4xx and 5xx answers are made."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from domain.errors import RegistryError, SchemaProblem, WheelProblem
from entrypoints.http.openapi.refusal_examples import MEMBERS, SENTENCES
from entrypoints.http.problems import HTTP_CODES, MEDIA_TYPE, status_of

_ANY = ("bad_request",)
_DATABASE = ("database_unavailable", "database_misconfigured")
_READ = (*_ANY, *_DATABASE, "rendering_busy")
_TOKEN = (*_ANY, "not_authenticated", "token_authority_unavailable")
_CONSOLE = (*_TOKEN, "machine_not_allowed")
_PUBLISHER = (*_TOKEN, "publish_forbidden")
_CUSTOMER = (*_TOKEN, "organization_forbidden")
_BODY = (
    *("malformed_body", "client_disconnected", "body_timeout", "body_too_large", "unsupported_media_type"),
    "invalid_request",
)
_ADMISSION = ("too_many_registrations", "too_many_fetches")
_PROVENANCE = ("attestation_invalid", "attestation_subject_mismatch", "publisher_untrusted", "publisher_mismatch")
_REGISTRATION = (
    *_BODY,
    *("namespace_forbidden", "version_conflict", "distribution_conflict", "wheel_filename_conflict"),
    *("metadata_required", *_ADMISSION),
    *SchemaProblem,
    *WheelProblem,
    "breaking_change",
    *("wheel_host_failed", "wheel_host_timeout", "spool_unavailable", "mirror_unavailable"),
    *_DATABASE,
)
_LIFECYCLE = ("namespace_forbidden", "provider_not_found", "version_not_found", "illegal_transition", *_DATABASE)
_ATTESTATIONS = (
    *("namespace_forbidden", "provider_not_found", "version_not_found"),
    *_PROVENANCE,
    *_DATABASE,
)
_PROVIDER = (*_READ, "provider_not_found")
_VERSION = (*_PROVIDER, "version_not_found")
_FEED = ("log_empty", "cursor_ahead", "too_many_followers")
_INDEX = (*_READ, "not_acceptable")

REFUSALS: Mapping[str, Sequence[str]] = {
    "registerPlatformProviderVersion": (*_CONSOLE, *_REGISTRATION),
    "yankPlatformProviderVersion": (*_CONSOLE, *_BODY, *_ADMISSION, *_LIFECYCLE),
    "restorePlatformProviderVersion": (*_CONSOLE, *_LIFECYCLE),
    "registerProviderVersion": (*_PUBLISHER, *_REGISTRATION, "wheel_host_unreachable"),
    "yankProviderVersion": (*_PUBLISHER, *_BODY, *_ADMISSION, *_LIFECYCLE),
    "restoreProviderVersion": (*_PUBLISHER, *_LIFECYCLE),
    "whoAmI": _CUSTOMER,
    "readActiveOrganization": _CUSTOMER,
    "readOrganization": _CUSTOMER,
    "readRegistration": (*_ANY, *_DATABASE, "registration_not_found"),
    "listProviders": (*_READ, "search_busy"),
    "listTags": _READ,
    "readProvider": _PROVIDER,
    "listProviderVersions": _PROVIDER,
    "readVersion": _VERSION,
    "readVersionStatus": _VERSION,
    "readInstall": _VERSION,
    "readVerification": _VERSION,
    "readHistory": _VERSION,
    "readAvailability": _VERSION,
    "readCompatibility": _VERSION,
    "compareVersions": (*_VERSION, "comparisons_busy"),
    "checkUpgrade": (*_ANY, *_BODY, *_DATABASE, "provider_not_found", "version_not_found", "check_busy"),
    "readSchemas": _VERSION,
    "readSchema": (*_VERSION, "schema_not_found"),
    "searchResourceTypes": (*_READ, "search_busy"),
    "simpleIndex": _INDEX,
    "simpleProject": (*_INDEX, "distribution_not_found"),
    "simpleNamespaceProject": (*_INDEX, "distribution_not_found"),
    "readCheckpoint": (*_READ, "log_empty"),
    "readTile": (*_READ, "tile_not_found"),
    "readProof": (*_VERSION, "not_logged_yet"),
    "readReleases": (*_READ, "log_empty", "not_logged_yet"),
    "readProviderReleases": (*_PROVIDER, "log_empty", "not_logged_yet"),
    "readChanges": (*_READ, *_FEED),
    "streamChanges": (*_ANY, *_DATABASE, *_FEED),
    "health": _ANY,
    "ready": (*_ANY, *_DATABASE),
    "metrics": _ANY,
}
"""By operation id, the codes that it can answer with. ``internal_error`` is a defect, and nothing to expect."""

REFUSALS_WITH_ATTESTATIONS: Mapping[str, Sequence[str]] = {
    "registerPlatformProviderVersion": (*_PROVENANCE, "provenance_missing"),
    "registerProviderVersion": (*_PROVENANCE, "provenance_missing"),
    "readProvenance": (*_VERSION, "provenance_not_found"),
    "addPlatformAttestations": (*_CONSOLE, *_BODY, *_ADMISSION, *_ATTESTATIONS),
    "addAttestations": (*_PUBLISHER, *_BODY, *_ADMISSION, *_ATTESTATIONS),
}
"""The same of a registry that takes attestations, beside what it has anyway."""

Json = dict[str, Any]
CODES = "x-problem-codes"


def refusals(operation_id: str, *, takes_attestations: bool) -> dict[str, Json]:
    """Return the descriptions of an operation's refusals, by status."""
    by_status: defaultdict[HTTPStatus, list[str]] = defaultdict(list)
    further = REFUSALS_WITH_ATTESTATIONS.get(operation_id, ()) if takes_attestations else ()
    for code in dict.fromkeys((*REFUSALS.get(operation_id, ()), *further)):
        by_status[_statuses()[code]].append(code)
    return {str(status.value): _response(status, codes) for status, codes in sorted(by_status.items())}


def _phrase(status: HTTPStatus) -> str:
    """Return the phrase of RFC 9110, which Python has since 3.13."""
    return {413: "Content Too Large", 422: "Unprocessable Content"}.get(status.value, status.phrase)


def _response(status: HTTPStatus, codes: Sequence[str]) -> Json:
    examples = {code: _example(status, code) for code in codes if code in SENTENCES}
    return {
        "description": f"{_phrase(status)}: {', '.join(f'`{code}`' for code in codes)}",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemView"}, "examples": examples}},
        CODES: list(codes),
    }


def _example(status: HTTPStatus, code: str) -> Json:
    title = code.replace("_", " ").capitalize()
    problem = {
        "type": f"urn:provider-registry:problem:{code}",
        "title": title,
        "status": status.value,
        "detail": SENTENCES[code],
        "code": code,
        "request_id": "0192f6c0a1b27c3d8e4f5a6b7c8d9e0f",
        **MEMBERS.get(code, {}),
    }
    return {"summary": title, "value": problem}


def _kinds(root: type[RegistryError] = RegistryError) -> Iterator[type[RegistryError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _kinds(kind)


@cache
def _statuses() -> Mapping[str, HTTPStatus]:
    return {
        **{code: status for status, code in HTTP_CODES.items()},
        **{kind.code: status_of(kind) for kind in _kinds() if hasattr(kind, "code")},
        **dict.fromkeys((*WheelProblem, *SchemaProblem), HTTPStatus.UNPROCESSABLE_ENTITY),
    }
