"""The OpenAPI document: what annotations cannot say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Router
from litestar.exceptions import NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    Contact,
    Example,
    License,
    OpenAPIMediaType,
    Operation,
    Reference,
    RequestBody,
    SecurityScheme,
)

from entrypoints.http.models.registration import RegistrationBody
from entrypoints.http.models.responses import HealthView
from entrypoints.http.openapi.dry_run import DRY_RUN_PARAMETER, REGISTRATION_SUCCESSES

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
HEALTH_RESPONSES = {200: document_response(HealthView, "It is.", {"status": "ok"})}
METRICS_EXAMPLE = """\
# HELP registry_registrations_total Attempts to register, by realm, outcome and code.
# TYPE registry_registrations_total counter
registry_registrations_total{code="",outcome="created",realm="console"} 1.0
"""
METRICS_RESPONSES = {200: document_response(str, "All metrics.", METRICS_EXAMPLE, "text/plain")}
READY_RESPONSES = {200: document_response(HealthView, "They can.", {"status": "ready"})}
REGISTRATION_RESPONSES = REGISTRATION_SUCCESSES


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


def _hidden(_: Request[Any, Any, Any]) -> None:
    raise NotFoundException


def openapi_config(version: str) -> OpenAPIConfig:
    """Return the configuration of the OpenAPI document, which ``api_document`` completes."""
    return OpenAPIConfig(
        title="Provider Registry",
        version=version,
        description="Registers, proves and serves wheel-backed provider versions.",
        contact=Contact(name="The Provider Registry developers"),
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
        # Litestar's own routes show an incomplete document, with scripts from elsewhere.
        openapi_router=Router("/schema/raw", route_handlers=[], include_in_schema=False, before_request=_hidden),
        render_plugins=[JsonRenderPlugin()],
        create_examples=False,
    )
