"""Looking up what a version offers under one resource type."""

from dataclasses import dataclass

from application.use_cases.find_version import FindVersion
from domain.errors import SchemaNotFoundError
from domain.names import ProviderName
from domain.schemas import ResourceSchema
from domain.semver import SemVer
from domain.versions import ProviderVersion

_MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class PublishedSchema:
    """A resource type's schema, and the version that it was published with."""

    version: ProviderVersion
    schema: ResourceSchema


class FindSchema:
    """Finds the schemas of one resource type."""

    def __init__(self, find_version: FindVersion) -> None:
        """Take the use case that resolves versions."""
        self._find_version = find_version

    async def execute(self, name: ProviderName, version: SemVer | None, resource_type: str) -> PublishedSchema:
        """Return the schema of a resource type in that version, or in the latest one for None.

        Raises:
            VersionNotFoundError: There is no such public version.
            SchemaNotFoundError: The version has no such resource type.
            StoreUnavailableError: The store is unreachable.
        """
        found = await self._find_version.execute(name, version)
        schemas = {schema.resource_type: schema for schema in found.announcement.schemas or ()}
        if resource_type not in schemas:
            raise SchemaNotFoundError(
                f"{name} {found.version} has no resource type {resource_type!r:.100}; {_what_there_is(list(schemas))}"
            )
        return PublishedSchema(found, schemas[resource_type])


def _what_there_is(types: list[str]) -> str:
    if not types:
        return "it was published without schemas"
    more = f" and {len(types) - _MAX_LISTED} more" if len(types) > _MAX_LISTED else ""
    return f"it has {', '.join(types[:_MAX_LISTED])}{more}"
