"""Rows of versions to domain values and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType, convert, json
from packaging.utils import NormalizedName

from domain.announcements import Announcement
from domain.availability import OriginEvent
from domain.compatibility.assessment import Compatibility, CompatibilitySummary, PublicVersion
from domain.history import HistoryEvent, LifecycleEvent
from domain.names import ProviderName
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.semver import SemVer
from domain.verification import Verification
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.file import Sha256Digest
from domain.wheel.metadata import ProjectMetadata, Readme
from domain.wheel.url import WheelUrl
from domain.wheel.verified_wheel import VerifiedWheel


def read_version(name: ProviderName, row: Mapping[str, Any]) -> ProviderVersion:
    return ProviderVersion(
        name=name,
        version=read_number(row),
        status=VersionStatus(row["status"]),
        announcement=_announcement(row),
        wheel=_wheel(row),
        verification=_verification(row.get("verification")),
        compatibility=_compatibility(row.get("compatibility")),
        **{field: row[field] for field in _SHARED},
    )


def read_number(row: Mapping[str, Any]) -> SemVer:
    """Return the version number that a row holds, as it was parsed when it was written."""
    return SemVer(row["version"], row["sort_key"], row["is_prerelease"])


def write_version(version: ProviderVersion) -> dict[str, object]:
    return {
        "prefix": version.name.prefix,
        "name": version.name.name,
        "version": version.version.text,
        "sort_key": version.version.sort_key,
        "is_prerelease": version.version.is_prerelease,
        "status": version.status.value,
        **_announcement_columns(version.announcement),
        **_wheel_columns(version.wheel),
        "verification": version.verification and json.encode(version.verification).decode(),
        "compatibility": version.compatibility and json.encode(version.compatibility).decode(),
        "task_id": version.registration_id if version.status is VersionStatus.BUILDING else None,
        **{field: getattr(version, field) for field in _SHARED},
    }


def read_report(text: str) -> Compatibility:
    """Return the comparison that a text of ``write_report`` holds."""
    return json.decode(text, type=Compatibility)


def write_report(compatibility: Compatibility) -> str:
    """Return a comparison as JSON."""
    return json.encode(compatibility).decode()


def read_neighbours(text: str | None) -> tuple[PublicVersion, ...]:
    """Return the versions that an array of a ``LOAD_WITH_NAMES`` row holds, in order of precedence."""
    found = {
        PublicVersion(SemVer(version, sort_key, is_prerelease), is_yanked=is_yanked, has_schemas=has_schemas)
        for version, sort_key, is_prerelease, is_yanked, has_schemas in json.decode(text or "[]")
    }
    return tuple(sorted(found, key=lambda each: each.version))


def read_event(row: Mapping[str, Any]) -> HistoryEvent:
    if row["verdict"] is None:
        return convert(row, LifecycleEvent)
    other = row["other_sha256"]
    return convert({**row, "other_sha256": other and {"hex": other}}, OriginEvent)


def write_event(event: LifecycleEvent) -> dict[str, object]:
    """Return the row of an event, without its id and its version's."""
    return asdict(event)


_SHARED = (
    "runtime_version",
    "registered_by",
    "created_at",
    "updated_at",
    "published_at",
    "error_code",
    "error_message",
    "yanked_at",
    "yanked_reason",
    "source_hash",
    "registration_id",
)
"""Fields that stand in the row as they are."""


def _announcement(row: Mapping[str, Any]) -> Announcement:
    entrypoint = row["entrypoint"]
    return Announcement(
        wheel_url=WheelUrl.parse(row["wheel_url"]),
        sha256=_digest(row["announced_sha256"]),
        package_name=row["announced_package_name"],
        entrypoint=None if entrypoint is None else tuple(entrypoint),
        schemas=read_schemas(row.get("schemas")),
        config_schema=_document(row.get("config_schema")),
        outputs_schema=_document(row.get("outputs_schema")),
        changelog=row.get("changelog"),
    )


def _announcement_columns(announcement: Announcement) -> dict[str, object]:
    entrypoint, config, outputs = announcement.entrypoint, announcement.config_schema, announcement.outputs_schema
    return {
        "wheel_url": announcement.wheel_url.text,
        "announced_sha256": announcement.sha256 and announcement.sha256.hex,
        "announced_package_name": announcement.package_name,
        "entrypoint": None if entrypoint is None else list(entrypoint),
        "schemas": write_schemas(announcement.schemas),
        "config_schema": config and config.text,
        "outputs_schema": outputs and outputs.text,
        "changelog": announcement.changelog,
    }


def _wheel(row: Mapping[str, Any]) -> VerifiedWheel | None:
    if row["wheel_sha256"] is None:
        return None
    return VerifiedWheel(
        sha256=Sha256Digest(row["wheel_sha256"]),
        size=row["wheel_size"],
        filename=row["wheel_filename"],
        distribution=NormalizedName(row["distribution"]),
        requires_python=row["requires_python"],
        summary=row["summary"],
        package_name=row["inferred_package_name"],
        readme=read_readme(row),
        project=_project(row.get("project_metadata")),
        is_mirrored=bool(row.get("is_mirrored")),
    )


def read_readme(row: Mapping[str, Any]) -> Readme | None:
    """Return the readme that a version's row holds; None if it was not selected."""
    text = row.get("readme")
    return None if text is None else Readme(text, row["readme_type"])


def _wheel_columns(wheel: VerifiedWheel | None) -> dict[str, object]:
    return {
        "wheel_sha256": wheel and wheel.sha256.hex,
        "wheel_size": None if wheel is None else wheel.size,
        "wheel_filename": wheel and wheel.filename,
        "distribution": wheel and wheel.distribution,
        "requires_python": wheel and wheel.requires_python,
        "summary": wheel and wheel.summary,
        "inferred_package_name": wheel and wheel.package_name,
        "readme": wheel and wheel.readme and wheel.readme.text,
        "readme_type": wheel and wheel.readme and wheel.readme.content_type,
        "project_metadata": wheel and wheel.project and json.encode(wheel.project).decode(),
    }


def _project(stored: str | None) -> ProjectMetadata | None:
    return None if stored is None else json.decode(stored, type=ProjectMetadata)


def _verification(stored: str | None) -> Verification | None:
    return None if stored is None else json.decode(stored, type=Verification)


def _compatibility(stored: str | None) -> CompatibilitySummary | None:
    return None if stored is None else json.decode(stored, type=CompatibilitySummary)


def _digest(stored: str | None) -> Sha256Digest | None:
    return None if stored is None else Sha256Digest(stored)


def _document(stored: str | None) -> CanonicalJson | None:
    return None if stored is None else CanonicalJson(stored)


class _SchemaEntry(Struct, omit_defaults=True, frozen=True):
    """A resource's schemas as they are stored: the documents inside are neither parsed nor written anew."""

    resource_type: str
    provider: str
    resource: str
    description: str | None = None
    config_schema: Raw | UnsetType = UNSET
    outputs_schema: Raw | UnsetType = UNSET


_SCHEMA_ENTRIES = json.Decoder(list[_SchemaEntry])


def write_schemas(schemas: ResourceSchemas | None) -> str | None:
    return None if schemas is None else json.encode([_schema_entry(schema) for schema in schemas]).decode()


def read_schemas(stored: str | None) -> ResourceSchemas | None:
    return (
        None if stored is None else ResourceSchemas(tuple(_schema(entry) for entry in _SCHEMA_ENTRIES.decode(stored)))
    )


def _schema_entry(schema: ResourceSchema) -> _SchemaEntry:
    return _SchemaEntry(
        resource_type=schema.resource_type,
        provider=schema.provider,
        resource=schema.resource,
        description=schema.description,
        config_schema=_raw_of(schema.config_schema),
        outputs_schema=_raw_of(schema.outputs_schema),
    )


def _schema(entry: _SchemaEntry) -> ResourceSchema:
    return ResourceSchema(
        resource_type=entry.resource_type,
        provider=entry.provider,
        resource=entry.resource,
        description=entry.description,
        config_schema=_document_of(entry.config_schema),
        outputs_schema=_document_of(entry.outputs_schema),
    )


def _raw_of(document: CanonicalJson | None) -> Raw | UnsetType:
    return UNSET if document is None else Raw(document.text.encode())


def _document_of(raw: Raw | UnsetType) -> CanonicalJson | None:
    return None if isinstance(raw, UnsetType) else CanonicalJson(bytes(raw).decode())
