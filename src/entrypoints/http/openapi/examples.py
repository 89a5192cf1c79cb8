"""Examples that several parts of the OpenAPI document show."""

from enum import Enum


class _Null(Enum):
    """Litestar leaves ``None`` out of examples, but not what stands for it."""

    NULL = None


NULL = _Null.NULL
DIGEST = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
PUBLISHED_EXAMPLE: dict[str, object] = {
    "prefix": "platform",
    "name": "gcp",
    "version": "1.4.0",
    "canonical": "platform/gcp",
    "provider_name": "platform/gcp",
    "runtime_version": "2.3.0",
    "status": "published",
    "wheel_url": "https://wheels.example.com/files/pragmatiks_gcp_provider-1.4.0-py3-none-any.whl",
    "wheel_sha256": DIGEST,
    "package_name": "gcp_provider",
    "entrypoint": ["python", "-m", "gcp_provider"],
    "source_hash": NULL,
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
    "error_message": NULL,
    "created_at": "2026-01-02T03:04:05Z",
    "updated_at": "2026-01-02T03:04:05Z",
    "wheel_filename": "pragmatiks_gcp_provider-1.4.0-py3-none-any.whl",
    "wheel_size": 48213,
    "distribution": "pragmatiks-gcp-provider",
    "distribution_name": "pragmatiks-gcp-provider",
    "requires_python": ">=3.11",
    "config_schema": NULL,
    "outputs_schema": NULL,
    "yanked_at": NULL,
    "yanked_reason": NULL,
    "registered_by": "mch_release",
}
YANKED_EXAMPLE: dict[str, object] = {
    **PUBLISHED_EXAMPLE,
    "status": "yanked",
    "updated_at": "2026-01-03T08:00:00Z",
    "yanked_at": "2026-01-03T08:00:00Z",
    "yanked_reason": "Deletes buckets that it did not create.",
}
