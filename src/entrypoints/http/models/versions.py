"""The wire format, as structs. Bounds are stated for the API's description; the domain decides on them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from domain import semver
from domain.catalog import MAX_TAGS
from domain.schemas import MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH, MAX_RESOURCES
from domain.versions import VersionStatus

JsonObject = dict[str, Any]

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


class ResourceSchemaView(Struct, kw_only=True):
    """The schema of one resource type, as stored."""

    provider: str
    resource: str
    description: str | None
    config_schema: JsonObject | None
    outputs_schema: JsonObject | None


class ProviderVersionView(Struct, kw_only=True):
    """A version of a provider. Times are RFC 3339 in UTC."""

    prefix: str
    name: str
    version: str
    canonical: str
    provider_name: Annotated[
        str, Meta(description="The same as `canonical`, under the name that SDKs before 1.4 require.")
    ]
    runtime_version: str
    status: VersionStatus
    wheel_url: str
    wheel_sha256: str | None
    package_name: str | None
    entrypoint: list[str] | None
    source_hash: str | None
    schemas: list[ResourceSchemaView] | None
    changelog: str | None
    published_at: datetime | None
    error_message: str | None
    created_at: datetime
    updated_at: datetime
    wheel_filename: str
    wheel_size: int | None
    distribution: Annotated[str, Meta(description="Normalised name of the wheel's distribution.")]
    distribution_name: Annotated[str, Meta(description="The same as `distribution`, under the name that SDKs require.")]
    requires_python: str | None
    config_schema: JsonObject | None
    outputs_schema: JsonObject | None
    yanked_at: datetime | None
    yanked_reason: str | None
    registered_by: str


class CallerView(Struct, kw_only=True):
    """Who calls, and for which organisation."""

    user_id: Annotated[str, Meta(description="The id of the user, or of the API key.")]
    email: Annotated[str, Meta(description="Null for an API key, or without a primary address.")] | None
    organization_id: str
    organization_name: str


class OrganizationView(Struct, kw_only=True):
    """An organisation."""

    organization_id: str
    name: str
    slug: Annotated[str, Meta(description="The namespace that the organisation publishes in.")]
    status: Annotated[
        Literal["active", "ready"],
        Meta(
            description="`active` when read by id, `ready` as `/organizations/me`: the words of older and newer SDKs."
        ),
    ]
    created_at: datetime
    updated_at: datetime


class CheckView(Struct):
    """The verdict of one check."""

    name: str
    passed: bool
    detail: Annotated[str, Meta(description="What was compared with what.")]


class VerificationView(Struct, kw_only=True):
    """The verdict on a version's wheel, check by check, in the order of checking."""

    canonical: str
    version: str
    passed: bool
    checked_at: datetime
    wheel_bytes: int | None
    inflated_bytes: int | None
    checks: list[CheckView]


class HealthView(Struct):
    """Whether the service is up."""

    status: Literal["ok", "ready"]


class FieldProblem(Struct):
    """One bad field."""

    loc: list[str | int]
    msg: str
    type: str


class ProblemView(Struct, kw_only=True):
    """Why a request was refused (RFC 9457)."""

    type: Annotated[str, Meta(description="URI reference that names the kind of problem.")]
    title: str
    status: int
    detail: Annotated[str, Meta(description="One sentence: what is wrong and what to do.")]
    code: Annotated[str, Meta(description="Stable slug; docs/errors.md lists all of them.")]
    request_id: str
    errors: list[FieldProblem] | UnsetType = UNSET
    differences: list[str] | UnsetType = UNSET
    existing_status: VersionStatus | UnsetType = UNSET
