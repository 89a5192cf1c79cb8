"""The body of a registration. Bounds are stated for the OpenAPI document; the domain enforces them."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from domain import semver
from domain.catalog import MAX_TAGS
from domain.compatibility.gate import MAX_REASON_LENGTH, MIN_REASON_LENGTH
from domain.compatibility.report import MAX_CHANGES
from domain.schemas import MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH, MAX_RESOURCES
from entrypoints.presenters.versions import SHA256_EXAMPLE, WHEEL_URL_EXAMPLE, JsonObject

_RESOURCES = {"maxProperties": MAX_RESOURCES, "propertyNames": {"minLength": 1, "maxLength": MAX_NAME_LENGTH}}


_RESOURCE_NAME = Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_NAME_LENGTH})


class MetadataBody(Struct, forbid_unknown_fields=False, kw_only=True):
    """Catalog display fields supplied when registering a provider version."""

    display_name: Annotated[str, Meta(min_length=1, max_length=200)]
    description: Annotated[str, Meta(max_length=5000)]
    icon_url: Annotated[str, Meta(max_length=2048, extra_json_schema={"format": "uri"})] | None = None
    tags: (
        Annotated[
            list[Annotated[str, Meta(min_length=1, max_length=50)]], Meta(extra_json_schema={"maxItems": MAX_TAGS})
        ]
        | None
    ) = None


class ResourceSchemaBody(Struct, kw_only=True):
    """The schema of one resource type."""

    provider: Annotated[str, _RESOURCE_NAME] | None = None
    resource: Annotated[str, _RESOURCE_NAME] | None = None
    description: Annotated[str, Meta(extra_json_schema={"maxLength": MAX_DESCRIPTION_LENGTH})] | None = None
    config_schema: JsonObject | None = None
    outputs_schema: JsonObject | None = None


class AcceptBreakingBody(Struct, kw_only=True):
    """A statement that breaking changes are meant."""

    reason: Annotated[
        str,
        Meta(
            extra_json_schema={"minLength": MIN_REASON_LENGTH, "maxLength": MAX_REASON_LENGTH},
            description="Why users are broken; shown with the version for ever.",
        ),
    ]
    changes: (
        Annotated[
            list[str],
            Meta(
                description="Fingerprints of the changes that are meant; null for all.",
                extra_json_schema={"maxItems": MAX_CHANGES},
            ),
        ]
        | None
    ) = None


class RegistrationBody(Struct, kw_only=True):
    """Request body for registering a wheel-backed provider version. Unknown fields are ignored."""

    name: Annotated[
        str,
        Meta(
            extra_json_schema={"minLength": 1, "maxLength": 200},
            description="Canonical provider name, `platform/<name>`. Legacy clients may send the short name together "
            "with `organization_id`.",
            examples=["platform/gcp"],
        ),
    ]
    version: Annotated[
        str,
        Meta(
            extra_json_schema={"minLength": 1, "maxLength": semver.MAX_LENGTH},
            description="SemVer 2.0.0; must equal the wheel's version in PEP 440 terms (`1.0.0-rc.1` = `1.0.0rc1`).",
            examples=["1.4.0"],
        ),
    ]
    wheel_url: Annotated[
        str,
        Meta(
            extra_json_schema={"maxLength": 2048, "format": "uri"},
            description="HTTPS URL of the uploaded wheel; stored in canonical form.",
            examples=["https://wheels.example.com/files/pragmatiks_gcp_provider-1.4.0-py3-none-any.whl"],
        ),
    ]
    organization_id: Annotated[str, Meta(description="Legacy; ignored when `name` is canonical.")] | None = None
    sha256: (
        Annotated[
            str,
            Meta(
                extra_json_schema={"pattern": "^[0-9a-f]{64}$"},
                description="Announced digest; the bytes must match. Computed and stored either way.",
            ),
        ]
        | None
    ) = None
    package_name: (
        Annotated[
            str,
            Meta(
                extra_json_schema={"minLength": 1, "maxLength": 200},
                description="Importable package inside the wheel; inferred if absent.",
            ),
        ]
        | None
    ) = None
    schemas: (
        Annotated[dict[str, ResourceSchemaBody], Meta(description="By resource type.", extra_json_schema=_RESOURCES)]
        | None
    ) = None
    metadata: (
        Annotated[
            MetadataBody,
            Meta(
                description="Required on a provider's first publish; later publishes update the catalog. For a legacy "
                "short name it is derived from the wheel's `Name` and `Summary`, if it is needed and not sent."
            ),
        ]
        | None
    ) = None
    config_schema: Annotated[JsonObject, Meta(description="Legacy provider-level JSON Schema.")] | None = None
    outputs_schema: Annotated[JsonObject, Meta(description="Legacy provider-level JSON Schema.")] | None = None
    resource_schemas: (
        Annotated[
            dict[str, ResourceSchemaBody],
            Meta(description="Legacy spelling of `schemas`.", extra_json_schema=_RESOURCES),
        ]
        | None
    ) = None
    changelog: Annotated[str, Meta(extra_json_schema={"maxLength": 100_000}, description="Release notes.")] | None = (
        None
    )
    accept_breaking: (
        Annotated[
            AcceptBreakingBody,
            Meta(description="Lets a version break its users although its number does not say so."),
        ]
        | None
    ) = None
    entrypoint: (
        Annotated[
            list[str],
            Meta(
                extra_json_schema={"minItems": 1, "maxItems": 100},
                description="Overrides `python -m pragma_runtime.entrypoint`; null keeps that default.",
            ),
        ]
        | None
    ) = None


REGISTRATION_EXAMPLE: Mapping[str, object] = {
    "name": "platform/gcp",
    "version": "1.4.0",
    "wheel_url": WHEEL_URL_EXAMPLE,
    "sha256": SHA256_EXAMPLE,
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
