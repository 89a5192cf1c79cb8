"""From the domain to the wire."""

from typing import Literal, cast

from msgspec import Raw

from domain.canonical_json import CanonicalJson
from domain.customers import Organization
from domain.schemas import ResourceSchema
from domain.verification import Verification
from domain.versions import ProviderVersion
from entrypoints.http.models.versions import (
    CheckView,
    JsonObject,
    OrganizationView,
    ProviderVersionView,
    ResourceSchemaView,
    VerificationView,
)


def version_view(version: ProviderVersion) -> ProviderVersionView:
    """Return the public representation of a version."""
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
        config_schema=_document(announced.config_schema),
        outputs_schema=_document(announced.outputs_schema),
        yanked_at=version.yanked_at,
        yanked_reason=version.yanked_reason,
        registered_by=version.registered_by,
    )


def organization_view(organization: Organization, *, status: Literal["active", "ready"]) -> OrganizationView:
    """Return the public representation of an organisation."""
    return OrganizationView(
        organization_id=organization.id,
        name=organization.name,
        slug=organization.slug,
        status=status,
        created_at=organization.created_at,
        updated_at=organization.updated_at,
    )


def verification_view(version: ProviderVersion, verification: Verification) -> VerificationView:
    """Return the public representation of a verdict."""
    return VerificationView(
        canonical=version.name.canonical,
        version=version.version.text,
        passed=verification.passed,
        checked_at=verification.checked_at,
        wheel_bytes=verification.wheel_bytes,
        inflated_bytes=verification.inflated_bytes,
        checks=[CheckView(check.name, check.passed, check.detail) for check in verification.checks],
    )


def schema_view(schema: ResourceSchema) -> ResourceSchemaView:
    """Return the public representation of a resource type's schemas."""
    return ResourceSchemaView(
        provider=schema.provider,
        resource=schema.resource,
        description=schema.description,
        config_schema=_document(schema.config_schema),
        outputs_schema=_document(schema.outputs_schema),
    )


def _document(schema: CanonicalJson | None) -> JsonObject | None:
    # The stored text is what an encoder would write: nobody has to read it in between.
    return None if schema is None else cast("JsonObject", Raw(schema.text.encode()))
