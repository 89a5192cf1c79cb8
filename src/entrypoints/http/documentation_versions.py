"""The OpenAPI document's part on versions and verdicts."""

from entrypoints.http.documentation import READ_RESPONSES, problem_response
from entrypoints.http.documentation_catalog import UNMODIFIED, document_response
from entrypoints.http.wire import ProviderVersionView, VerificationView

_DIGEST = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
# Litestar leaves nulls out of examples, so members that may be null have a value here.
VERSION_EXAMPLE: dict[str, object] = {
    "prefix": "platform",
    "name": "gcp",
    "version": "1.4.0",
    "canonical": "platform/gcp",
    "runtime_version": "2.3.0",
    "status": "yanked",
    "wheel_url": "https://wheels.example.com/files/pragmatiks_gcp_provider-1.4.0-py3-none-any.whl",
    "wheel_sha256": _DIGEST,
    "package_name": "gcp_provider",
    "entrypoint": ["python", "-m", "gcp_provider"],
    "source_hash": _DIGEST,
    "schemas": [
        {
            "provider": "gcp",
            "resource": "bucket",
            "description": "A storage bucket.",
            "config_schema": {"type": "object", "properties": {"location": {"type": "string"}}},
            "outputs_schema": {"type": "object", "properties": {"url": {"type": "string"}}},
        }
    ],
    "changelog": "Buckets can be labelled.",
    "published_at": "2026-01-02T03:04:05Z",
    "error_message": "",
    "created_at": "2026-01-02T03:04:05Z",
    "updated_at": "2026-01-03T08:00:00Z",
    "wheel_filename": "pragmatiks_gcp_provider-1.4.0-py3-none-any.whl",
    "wheel_size": 48213,
    "distribution": "pragmatiks-gcp-provider",
    "requires_python": ">=3.11",
    "config_schema": {"type": "object"},
    "outputs_schema": {"type": "object"},
    "yanked_at": "2026-01-03T08:00:00Z",
    "yanked_reason": "Deletes buckets that it did not create.",
    "registered_by": "mch_release",
}
VERIFICATION_EXAMPLE: dict[str, object] = {
    "canonical": "platform/gcp",
    "version": "1.4.0",
    "passed": True,
    "checked_at": "2026-01-02T03:04:05Z",
    "wheel_bytes": 48213,
    "inflated_bytes": 131072,
    "checks": [{"name": "digest", "passed": True, "detail": f"computed {_DIGEST}, as announced"}],
}

VERSIONS_RESPONSES = {
    **READ_RESPONSES,
    200: document_response(list[ProviderVersionView], "The versions, newest first.", [VERSION_EXAMPLE]),
    304: UNMODIFIED,
    404: problem_response("Not found", "provider_not_found", 404, "platform/gcp has no published version"),
}
VERSION_RESPONSES = {
    **READ_RESPONSES,
    200: document_response(ProviderVersionView, "The version.", VERSION_EXAMPLE),
    304: UNMODIFIED,
}
VERIFICATION_RESPONSES = {
    **READ_RESPONSES,
    200: document_response(VerificationView, "The verdict.", VERIFICATION_EXAMPLE),
    304: UNMODIFIED,
}
