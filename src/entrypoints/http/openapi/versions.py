"""The OpenAPI document's part on versions and verdicts."""

from entrypoints.http.openapi.config import UNMODIFIED, document_response
from entrypoints.http.openapi.examples import DIGEST, NULL, PUBLISHED_EXAMPLE, YANKED_EXAMPLE
from entrypoints.presenters.verifications import VerificationView
from entrypoints.presenters.versions import ProviderVersionView

VERIFICATION_EXAMPLE: dict[str, object] = {
    "canonical": "platform/gcp",
    "version": "1.4.0",
    "passed": True,
    "checked_at": "2026-01-02T03:04:05Z",
    "wheel_bytes": 48213,
    "inflated_bytes": 131072,
    "checks": [{"name": "digest", "passed": True, "detail": f"computed {DIGEST}, as announced"}],
}

_UNREAD = {"schemas": NULL}

VERSIONS_RESPONSES = {
    200: document_response(list[ProviderVersionView], "The versions, newest first.", [YANKED_EXAMPLE | _UNREAD]),
    304: UNMODIFIED,
}
VERSION_RESPONSES = {
    200: document_response(ProviderVersionView, "The version.", PUBLISHED_EXAMPLE),
    304: UNMODIFIED,
}
VERIFICATION_RESPONSES = {
    200: document_response(VerificationView, "The verdict.", VERIFICATION_EXAMPLE),
    304: UNMODIFIED,
}
