"""The OpenAPI document: what annotations cannot say."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import msgspec
from litestar import Response, Router
from litestar.exceptions import NotFoundException
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

from entrypoints.http.documentation_dry_run import DRY_RUN_PARAMETER, REGISTRATION_SUCCESSES
from entrypoints.http.problems import MEDIA_TYPE
from entrypoints.http.wire import HealthView, ProblemView, RegistrationBody
from entrypoints.http.wire_lifecycle import YankBody

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


def problem_response(description: str, code: str, status: int, detail: str) -> ResponseSpec:
    """Return the description of a refusal, with an example."""
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


def document_response(
    view: type[Any], description: str, example: object, media_type: str = "application/json"
) -> ResponseSpec:
    """Return the description of what a read answers, with an example."""
    return ResponseSpec(
        view,
        generate_examples=False,
        description=description,
        media_type=media_type,
        examples=[Example(summary=description, value=example)],
    )


UNMODIFIED = ResponseSpec(None, generate_examples=False, description="The client has it already (`If-None-Match`).")
READ_RESPONSES = {
    400: problem_response(
        "Bad request", "bad_request", 400, "the request could not be understood; check its path, query and headers"
    ),
    404: problem_response("Not found", "version_not_found", 404, "platform/gcp has no public version 9.9.9"),
    503: problem_response(
        "Database unreachable", "database_unavailable", 503, "the database is unreachable; try again"
    ),
}
HEALTH_RESPONSES = {200: document_response(HealthView, "It is.", {"status": "ok"})}
METRICS_EXAMPLE = """\
# HELP registry_registrations_total Attempts to register, by realm, outcome and code.
# TYPE registry_registrations_total counter
registry_registrations_total{code="",outcome="created",realm="console"} 1.0
"""
METRICS_RESPONSES = {200: document_response(str, "All metrics.", METRICS_EXAMPLE, "text/plain")}
READY_RESPONSES = {
    200: document_response(HealthView, "They can.", {"status": "ready"}),
    503: problem_response("Not ready", "database_unavailable", 503, "the database is behind this release; upgrade it"),
}
REGISTRATION_RESPONSES = {
    **REGISTRATION_SUCCESSES,
    400: problem_response("Not strict JSON in UTF-8", "malformed_body", 400, "the body is not UTF-8 (byte 7)"),
    401: problem_response("Not authenticated", "not_authenticated", 401, "Not authenticated"),
    403: problem_response(
        "Forbidden", "namespace_forbidden", 403, "machines of the Console realm publish platform/<name> only"
    ),
    408: problem_response("Body too slow", "body_timeout", 408, "the body did not arrive within 30 seconds"),
    409: problem_response(
        "Conflict", "version_conflict", 409, "platform/gcp 1.4.0 is already published with different sha256"
    ),
    413: problem_response("Body too large", "body_too_large", 413, "the body exceeds 2097152 bytes"),
    415: problem_response(
        "Not JSON", "unsupported_media_type", 415, "send the body as Content-Type: application/json, in UTF-8"
    ),
    422: problem_response("Refused", "wheel_digest_mismatch", 422, "the bytes at the URL have another SHA-256 digest"),
    429: problem_response("Too many in flight", "too_many_registrations", 429, "mch_1 has 64 registrations in flight"),
    502: problem_response("Wheel host failed", "wheel_host_failed", 502, "the wheel's host answered 500; try again"),
    503: problem_response(
        "Out of service", "token_authority_unavailable", 503, "machine tokens cannot be verified now"
    ),
    504: problem_response(
        "Wheel host too slow", "wheel_host_timeout", 504, "the wheel's host did not finish in 60 s; try again"
    ),
}


@dataclass
class RegistrationOperation(Operation):
    """Documents the query and the body that the handler reads by itself, after authentication."""

    def __post_init__(self) -> None:
        """Add both."""
        self.parameters = [*(self.parameters or ()), DRY_RUN_PARAMETER]
        self.request_body = json_body(RegistrationBody, "What release CI sends", REGISTRATION_EXAMPLE)


def json_body(struct: type[msgspec.Struct], summary: str, example: Mapping[str, object]) -> RequestBody:
    """Return the description of a body that a handler reads by itself."""
    return RequestBody(
        required=True,
        content={
            "application/json": OpenAPIMediaType(
                schema=Reference(ref=_REF.format(name=struct.__name__)),
                examples={"example": Example(summary=summary, value=example)},
            )
        },
    )


def describe_bodies(document: OpenAPI) -> None:
    """Add the bodies' schemas, which Litestar cannot know since the handlers read bodies by themselves."""
    _, schemas = msgspec.json.schema_components([RegistrationBody, YankBody], ref_template=_REF)
    document.components.schemas.update(cast("dict[str, Schema]", schemas))


def _refuse_missing(response: Response[Any]) -> Response[Any]:
    if response.status_code == HTTPStatus.NOT_FOUND:
        raise NotFoundException
    return response


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
        # Instead of Litestar's page of HTML, what is missing below /schema is answered like anything else.
        openapi_router=Router("/schema", route_handlers=[], include_in_schema=False, after_request=_refuse_missing),
        render_plugins=[ScalarRenderPlugin(), JsonRenderPlugin()],
        create_examples=False,
    )
