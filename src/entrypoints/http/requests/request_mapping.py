"""From the wire to the use case: every field becomes a domain value, and every bad field is reported at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from domain.announcements import (
    Announcement,
    resolve_digest,
    validate_changelog,
    validate_entrypoint,
    validate_package_name,
)
from domain.catalog import METADATA_RULES, CatalogMetadata
from domain.compatibility.gate import AcceptedBreak
from domain.errors import ForbiddenError, InvalidSchemasError, InvalidValueError
from domain.names import ProviderName
from domain.registrants import Registrant
from domain.registration import Registration
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl
from entrypoints.http.models.registration import (
    AcceptBreakingBody,
    MetadataBody,
    RegistrationBody,
    ResourceSchemaBody,
)
from entrypoints.http.requests.invalid_requests import FieldError, InvalidRequestError
from entrypoints.presenters.versions import JsonObject

_UNNAMED = "unnamed"  # stands in for a bad name, which is reported by itself
T = TypeVar("T")
V = TypeVar("V")


class _Fields:
    """Collects the errors of fields while they become values."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = list(errors)
        self.forbidden: ForbiddenError | None = None

    def take(self, field: str | tuple[str, ...], make: Callable[[V], T], value: V | None) -> T | None:
        """Return the field's value, or None if there is none or it is bad, which is remembered."""
        if value is None:
            return None
        try:
            return make(value)
        except InvalidValueError as error:
            path = (field,) if isinstance(field, str) else field
            self.errors.append(FieldError(("body", *path), error.detail, error.code))
        except ForbiddenError as error:
            self.forbidden = error
        return None


def to_registration(
    decoded: tuple[RegistrationBody, Sequence[FieldError]],
    registrant: Registrant,
    read_name: Callable[[str, str | None], ProviderName],
    request_id: str,
) -> Registration:
    """Return the command that a decoded body stands for; ``read_name`` reads its name as the caller's realm does.

    Raises:
        InvalidRequestError: Some fields could not be decoded, or are no domain values; ``errors`` has all of them.
        ForbiddenError: All fields are fine, but the name is not the caller's to use.
    """
    body, errors = decoded
    fields = _Fields(errors)
    name = fields.take("name", lambda written: read_name(written, body.organization_id), body.name)
    version = fields.take("version", _wheel_version, body.version)
    url = fields.take("wheel_url", WheelUrl.parse, body.wheel_url)
    digest = fields.take("sha256", Sha256Digest, body.sha256)
    if url is not None:
        digest = fields.take("sha256", lambda target: resolve_digest(digest, target), url)
    package_name = fields.take("package_name", validate_package_name, body.package_name)
    entrypoint = fields.take("entrypoint", validate_entrypoint, body.entrypoint)
    provider = name.name if name else _UNNAMED
    current = fields.take("schemas", lambda sent: _resource_schemas(sent, provider), body.schemas)
    legacy = fields.take("resource_schemas", lambda sent: _resource_schemas(sent, provider), body.resource_schemas)
    schemas = fields.take("schemas", _agreed, (current, legacy))
    config_schema = fields.take("config_schema", CanonicalJson.of, body.config_schema)
    outputs_schema = fields.take("outputs_schema", CanonicalJson.of, body.outputs_schema)
    changelog = fields.take("changelog", validate_changelog, body.changelog)
    accept_breaking = fields.take("accept_breaking", _accepted, body.accept_breaking)
    metadata = None if body.metadata is None else _metadata(body.metadata, fields)
    if fields.forbidden is not None and not fields.errors:
        raise fields.forbidden
    if fields.errors or name is None or version is None or url is None:
        raise InvalidRequestError(fields.errors)
    return Registration(
        registrant=registrant,
        name=name,
        version=version,
        announcement=Announcement(
            wheel_url=url,
            sha256=digest,
            package_name=package_name,
            entrypoint=entrypoint,
            schemas=schemas,
            config_schema=config_schema,
            outputs_schema=outputs_schema,
            changelog=changelog,
        ),
        metadata=metadata,
        accept_breaking=accept_breaking,
        metadata_from_wheel="/" not in body.name,  # a legacy client, which knows no metadata
        request_id=request_id,
    )


def _wheel_version(written: str) -> SemVer:
    version = SemVer.parse(written)
    _ = version.pep440  # raises for a version that no wheel can carry
    return version


def _accepted(body: AcceptBreakingBody) -> AcceptedBreak:
    return AcceptedBreak(body.reason, None if body.changes is None else frozenset(body.changes))


def _agreed(spellings: tuple[ResourceSchemas | None, ResourceSchemas | None]) -> ResourceSchemas | None:
    current, legacy = spellings
    if current and legacy and current != legacy:
        raise InvalidSchemasError("schemas and resource_schemas differ; send schemas only")
    return current or legacy


def _resource_schemas(entries: Mapping[str, ResourceSchemaBody], provider: str) -> ResourceSchemas | None:
    return ResourceSchemas.of(
        {
            resource_type: ResourceSchema(
                resource_type=resource_type,
                provider=provider if entry.provider is None else entry.provider,
                resource=resource_type if entry.resource is None else entry.resource,
                description=entry.description,
                config_schema=_document(entry.config_schema),
                outputs_schema=_document(entry.outputs_schema),
            )
            for resource_type, entry in entries.items()
        }
    )


def _document(schema: JsonObject | None) -> CanonicalJson | None:
    return None if schema is None else CanonicalJson.of(schema)


def _metadata(body: MetadataBody, fields: _Fields) -> CatalogMetadata | None:
    shown: dict[str, Any] = {
        "display_name": body.display_name,
        "description": body.description,
        "icon_url": body.icon_url,
        "tags": tuple(dict.fromkeys(body.tags or ())),
    }
    before = len(fields.errors)
    for field, rule in METADATA_RULES.items():
        fields.take(("metadata", field), rule, shown[field])
    return CatalogMetadata(**shown) if len(fields.errors) == before else None
