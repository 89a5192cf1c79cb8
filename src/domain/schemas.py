"""Resource schemas: what a provider version offers to its dependents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from domain.canonical_json import CanonicalJson
from domain.errors import InvalidSchemasError

MAX_RESOURCES = 2000
MAX_KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ResourceSchema:
    """The schema of one resource type.

    Attributes:
        resource_type: The key under which it was sent, unique in a version; may contain slashes.
        provider: The provider as the schema names it; the short name unless said otherwise.
        resource: The resource as the schema names it; the resource type unless said otherwise.
        description: For people, or None.
        config_schema: JSON Schema of what a user configures, or None.
        outputs_schema: JSON Schema of what the resource returns, or None.
    """

    resource_type: str
    provider: str
    resource: str
    description: str | None = None
    config_schema: CanonicalJson | None = None
    outputs_schema: CanonicalJson | None = None


@dataclass(frozen=True, slots=True)
class ResourceSchemas:
    """A version's resource schemas, sorted by resource type. Equal sets are equal values."""

    entries: tuple[ResourceSchema, ...]

    @classmethod
    def of(cls, entries: Mapping[str, ResourceSchema]) -> Self | None:
        """Collect schemas by resource type; none at all is None, which is how a version without schemas reads.

        Raises:
            InvalidSchemasError: More than 2000 resources, or a resource type that is blank or over 200 characters.
        """
        if len(entries) > MAX_RESOURCES:
            raise InvalidSchemasError(f"{len(entries)} resource types; {MAX_RESOURCES} are allowed")
        for key in entries:
            if not key.strip() or len(key) > MAX_KEY_LENGTH or not key.isprintable():
                raise InvalidSchemasError(f"a resource type must be 1 to {MAX_KEY_LENGTH} printable characters")
        return cls(tuple(entries[key] for key in sorted(entries))) if entries else None

    def __iter__(self) -> Iterator[ResourceSchema]:
        """Iterate in the order of resource types."""
        return iter(self.entries)
