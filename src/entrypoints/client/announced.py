"""What a project announces, as the values that the registry makes of it, by its own rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from domain.announcements import validate_entrypoint, validate_package_name
from domain.catalog import METADATA_RULES, CatalogMetadata
from domain.errors import InvalidSchemasError, InvalidValueError
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from entrypoints.client.project import Project, SchemaEntry

T = TypeVar("T")
V = TypeVar("V")
_KEYS = {"package_name": "tool.pragma.package", "entrypoint": "tool.pragma.entrypoint"}


class Problem(msgspec.Struct, frozen=True):
    """One thing for which a release would be refused.

    Attributes:
        place: Where it is: a key of ``pyproject.toml``, a resource type, a file.
        code: Stable slug.
        detail: What is wrong and what to do.
    """

    place: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """The values of a project; None where there is nothing, or something that breaks its rule.

    Attributes:
        problems: The rules that are broken.
    """

    package_name: str | None
    entrypoint: tuple[str, ...] | None
    schemas: ResourceSchemas | None
    metadata: CatalogMetadata | None
    problems: tuple[Problem, ...]


def announced_values(project: Project) -> Announced:
    """Hold everything that a project announces to the rules that the registry holds it to."""
    problems: list[Problem] = []

    def take(place: str, make: Callable[[V], T], value: V | None) -> T | None:
        try:
            return None if value is None else make(value)
        except InvalidValueError as error:
            problems.append(Problem(place, error.code, error.detail))
            return None

    said = project.announced
    package_name = take(_KEYS["package_name"], validate_package_name, said.get("package_name"))
    entrypoint = take(_KEYS["entrypoint"], validate_entrypoint, said.get("entrypoint"))
    schemas = take(
        project.schemas_file, lambda entries: resource_schemas(entries, project.name.name), said.get("schemas")
    )
    shown, metadata = said.get("metadata"), None
    if shown is not None:
        before = len(problems)
        values = {"icon_url": None, **shown, "tags": tuple(dict.fromkeys(shown["tags"]))}
        for field, rule in METADATA_RULES.items():
            take(f"tool.pragma.{field}", rule, values[field])
        metadata = CatalogMetadata(**values) if len(problems) == before else None
    return Announced(
        package_name=package_name,
        entrypoint=entrypoint,
        schemas=schemas,
        metadata=metadata,
        problems=tuple(problems),
    )


def resource_schemas(entries: Mapping[str, Any], provider: str) -> ResourceSchemas | None:
    """Return schemas by resource type as values; none at all is None.

    Raises:
        InvalidSchemasError: One of them is none.
    """
    try:
        read = msgspec.convert(dict(entries), dict[str, SchemaEntry])
        return ResourceSchemas.of({name: _schema(name, entry, provider) for name, entry in read.items()})
    except msgspec.ValidationError as error:
        raise InvalidSchemasError(str(error).replace("`$.", "`")) from None


def _schema(resource_type: str, entry: SchemaEntry, provider: str) -> ResourceSchema:
    return ResourceSchema(
        resource_type=resource_type,
        provider=provider if entry.provider is None else entry.provider,
        resource=resource_type if entry.resource is None else entry.resource,
        description=entry.description,
        config_schema=None if entry.config_schema is None else CanonicalJson.of(entry.config_schema),
        outputs_schema=None if entry.outputs_schema is None else CanonicalJson.of(entry.outputs_schema),
    )
