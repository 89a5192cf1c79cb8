"""The OpenAPI document: what annotations cannot say."""

from dataclasses import dataclass
from typing import cast

import msgspec
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin, ScalarRenderPlugin
from litestar.openapi.spec import (
    Components,
    Example,
    License,
    OpenAPI,
    OpenAPIMediaType,
    Operation,
    Reference,
    RequestBody,
    Schema,
    SecurityScheme,
)

from entrypoints.http.problems import MEDIA_TYPE
from entrypoints.http.wire import ProblemView, ProviderVersionView, RegistrationBody

_REF = "#/components/schemas/{name}"

REGISTRATION_EXAMPLE: dict[str, object] = {
    "name": "platform/gcp",
    "version": "1.4.0",
    "wheel_url": "https://wheels.example.com/files/pragmatiks_gcp_provider-1.4.0-py3-none-any.whl",
    "sha256": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "package_name": "gcp_provider",
    "metadata": {
        "display_name": "Google Cloud",
        "description": "Manages Google Cloud resources.",
        "tags": ["cloud", "google"],
    },
    "schemas": {
        "bucket": {
            "description": "A storage bucket.",
            "config_schema": {"type": "object", "properties": {"location": {"type": "string"}}},
        }
    },
    "changelog": "Buckets can be labelled.",
}


def _problem(description: str, code: str, status: int, detail: str) -> ResponseSpec:
    example = {
        "type": f"urn:provider-registry:problem:{code}",
        "title": description,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": "0192f6c0a1b27c3d8e4f5a6b7c8d9e0f",
    }
    return ResponseSpec(
        ProblemView,
        generate_examples=False,
        description=description,
        media_type=MEDIA_TYPE,
        examples=[Example(summary=code, value=example)],
    )


READ_RESPONSES = {
    404: _problem("Not found", "version_not_found", 404, "platform/gcp has no public version 9.9.9"),
    503: _problem("Database unreachable", "database_unavailable", 503, "the database is unreachable; try again"),
}
READY_RESPONSES = {
    503: _problem("Not ready", "database_unavailable", 503, "the database is behind this release; upgrade it"),
}
REGISTRATION_RESPONSES = {
    200: ResponseSpec(
        ProviderVersionView,
        generate_examples=False,
        description="This exact version was registered before; nothing was written.",
    ),
    400: _problem("Not strict JSON in UTF-8", "malformed_body", 400, "the body is not UTF-8 (byte 7)"),
    401: _problem("Not authenticated", "not_authenticated", 401, "Not authenticated"),
    403: _problem(
        "Forbidden", "namespace_forbidden", 403, "machines of the Console realm publish platform/<name> only"
    ),
    409: _problem("Conflict", "version_conflict", 409, "platform/gcp 1.4.0 is already published with different sha256"),
    413: _problem("Body too large", "body_too_large", 413, "the body exceeds 2097152 bytes"),
    415: _problem(
        "Not JSON", "unsupported_media_type", 415, "send the body as Content-Type: application/json, in UTF-8"
    ),
    422: _problem("Refused", "wheel_digest_mismatch", 422, "the bytes at the URL have another SHA-256 digest"),
    429: _problem("Too many in flight", "too_many_registrations", 429, "mch_1 has 64 registrations in flight"),
    502: _problem("Wheel host failed", "wheel_host_failed", 502, "the wheel's host answered 500; try again"),
    503: _problem("Out of service", "token_authority_unavailable", 503, "machine tokens cannot be verified now"),
    504: _problem(
        "Wheel host too slow", "wheel_host_timeout", 504, "the wheel's host did not finish in 60 s; try again"
    ),
}


CUSTOMER_REGISTRATION_RESPONSES = {
    **REGISTRATION_RESPONSES,
    403: _problem("Forbidden", "namespace_forbidden", 403, "this organisation publishes under its own namespace"),
}
CUSTOMER_READ_RESPONSES = {
    401: _problem("Not authenticated", "not_authenticated", 401, "Not authenticated"),
    403: _problem("Forbidden", "organization_forbidden", 403, "this is not your active organisation"),
    503: _problem("Out of service", "token_authority_unavailable", 503, "tokens cannot be verified now; try again"),
}


@dataclass
class RegistrationOperation(Operation):
    """Documents the body that the handler reads by itself, after authentication."""

    def __post_init__(self) -> None:
        """Add the body."""
        self.request_body = RequestBody(
            required=True,
            content={
                "application/json": OpenAPIMediaType(
                    schema=Reference(ref=_REF.format(name=RegistrationBody.__name__)),
                    examples={"release": Example(summary="What release CI sends", value=REGISTRATION_EXAMPLE)},
                )
            },
        )


def describe_body(document: OpenAPI) -> None:
    """Add the body's schema, which Litestar cannot know since the handler reads the body by itself."""
    _, schemas = msgspec.json.schema_components([RegistrationBody], ref_template=_REF)
    document.components.schemas.update(cast("dict[str, Schema]", schemas))


def openapi_config(version: str) -> OpenAPIConfig:
    """Return the configuration of the OpenAPI document and its page at ``/schema``."""
    return OpenAPIConfig(
        title="Provider Registry",
        version=version,
        description="Registers, proves and serves wheel-backed provider versions.",
        license=License(name="MIT", identifier="MIT"),
        components=Components(
            security_schemes={
                "ConsoleMachine": SecurityScheme(
                    type="http", scheme="bearer", description="A Clerk machine-to-machine token of the Console realm."
                ),
                "Customer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="A Clerk session token with an active organisation, or an organisation's API key.",
                ),
            },
        ),
        path="/schema",
        render_plugins=[ScalarRenderPlugin(), JsonRenderPlugin()],
        create_examples=False,
    )
