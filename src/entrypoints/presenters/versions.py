"""Versions of providers."""

from datetime import UTC, datetime
from typing import Annotated, Any, cast

from msgspec import Meta, Raw, Struct
from msgspec.structs import replace

from domain.schemas import CanonicalJson, ResourceSchema
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.metadata import ProjectMetadata
from entrypoints.presenters.compatibility import SUMMARY_EXAMPLE, CompatibilitySummaryView, summary_view

JsonObject = dict[str, Any]


class ResourceSchemaView(Struct, kw_only=True):
    """The schema of one resource type, as stored."""

    provider: str
    resource: str
    description: str | None
    config_schema: JsonObject | None
    outputs_schema: JsonObject | None


class ProjectLinkView(Struct, frozen=True):
    """A link of a project; always https."""

    label: str
    url: str


class ProjectMetadataView(Struct, kw_only=True):
    """What a wheel says of its project. Nothing of it is verified."""

    license: Annotated[str | None, Meta(description="An SPDX expression, or what older metadata says.")]
    author: str | None
    links: list[ProjectLinkView]
    dependencies: Annotated[list[str], Meta(description="Requirements, as the wheel writes them; at most 100.")]


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
    project: Annotated[
        ProjectMetadataView | None,
        Meta(description="Null in lists, and on versions from before it was kept."),
    ]
    config_schema: JsonObject | None
    outputs_schema: JsonObject | None
    yanked_at: datetime | None
    yanked_reason: str | None
    registered_by: str
    compatibility: Annotated[
        CompatibilitySummaryView | None, Meta(description="Null on versions from before versions were compared.")
    ]


def version_view(version: ProviderVersion) -> ProviderVersionView:
    announced, wheel = version.announcement, version.wheel
    filename = announced.wheel_url.filename
    return ProviderVersionView(
        prefix=version.name.prefix,
        name=version.name.name,
        version=version.version.text,
        canonical=version.name.canonical,
        provider_name=version.name.canonical,
        runtime_version=version.runtime_version,
        status=version.status,
        wheel_url=announced.wheel_url.text,
        wheel_sha256=version.wheel_sha256.hex if version.wheel_sha256 else None,
        package_name=version.package_name,
        entrypoint=list(announced.entrypoint) if announced.entrypoint else None,
        source_hash=version.source_hash,
        schemas=None if announced.schemas is None else [schema_view(schema) for schema in announced.schemas],
        changelog=announced.changelog,
        published_at=version.published_at,
        error_message=version.error_message,
        created_at=version.created_at,
        updated_at=version.updated_at,
        wheel_filename=filename.text,
        wheel_size=wheel.size if wheel else None,
        distribution=filename.distribution,
        distribution_name=filename.distribution,
        requires_python=wheel.requires_python if wheel else None,
        project=None if wheel is None or wheel.project is None else _project_view(wheel.project),
        config_schema=_document(announced.config_schema),
        outputs_schema=_document(announced.outputs_schema),
        yanked_at=version.yanked_at,
        yanked_reason=version.yanked_reason,
        registered_by=version.registered_by,
        compatibility=None if version.compatibility is None else summary_view(version.compatibility),
    )


def _project_view(project: ProjectMetadata) -> ProjectMetadataView:
    return ProjectMetadataView(
        license=project.license,
        author=project.author,
        links=[ProjectLinkView(link.label, link.url) for link in project.links],
        dependencies=list(project.dependencies),
    )


def schema_view(schema: ResourceSchema) -> ResourceSchemaView:
    return ResourceSchemaView(
        provider=schema.provider,
        resource=schema.resource,
        description=schema.description,
        config_schema=_document(schema.config_schema),
        outputs_schema=_document(schema.outputs_schema),
    )


def _document(schema: CanonicalJson | None) -> JsonObject | None:
    # The stored text is what an encoder would write, so it is not parsed.
    return None if schema is None else cast("JsonObject", Raw(schema.text.encode()))


WHEEL_EXAMPLE = "pragmatiks_gcp_provider-1.4.0-py3-none-any.whl"
WHEEL_URL_EXAMPLE = f"https://wheels.example.com/files/{WHEEL_EXAMPLE}"
SHA256_EXAMPLE = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
PUBLISHED_EXAMPLE = ProviderVersionView(
    prefix="platform",
    name="gcp",
    version="1.4.0",
    canonical="platform/gcp",
    provider_name="platform/gcp",
    runtime_version="2.3.0",
    status=VersionStatus.PUBLISHED,
    wheel_url=WHEEL_URL_EXAMPLE,
    wheel_sha256=SHA256_EXAMPLE,
    package_name="gcp_provider",
    entrypoint=["python", "-m", "gcp_provider"],
    source_hash=None,
    schemas=[
        ResourceSchemaView(
            provider="gcp",
            resource="bucket",
            description="A storage bucket.",
            config_schema={"type": "object", "properties": {"location": {"type": "string"}}},
            outputs_schema={"type": "object", "properties": {"url": {"type": "string"}}},
        )
    ],
    changelog="Buckets can be labelled.",
    published_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    error_message=None,
    created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    updated_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    wheel_filename=WHEEL_EXAMPLE,
    wheel_size=48213,
    distribution="pragmatiks-gcp-provider",
    distribution_name="pragmatiks-gcp-provider",
    requires_python=">=3.11",
    project=ProjectMetadataView(
        license="MIT",
        author="The GCP provider's authors",
        links=[ProjectLinkView("Source", "https://git.example.com/providers/gcp")],
        dependencies=["httpx>=0.28"],
    ),
    config_schema=None,
    outputs_schema=None,
    yanked_at=None,
    yanked_reason=None,
    registered_by="mch_release",
    compatibility=SUMMARY_EXAMPLE,
)
YANKED_EXAMPLE = replace(
    PUBLISHED_EXAMPLE,
    status=VersionStatus.YANKED,
    updated_at=datetime(2026, 1, 3, 8, tzinfo=UTC),
    yanked_at=datetime(2026, 1, 3, 8, tzinfo=UTC),
    yanked_reason="Deletes buckets that it did not create.",
)
