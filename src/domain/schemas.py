"""Resource schemas: what a provider version offers to its dependents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from domain import texts
from domain.canonical_json import CanonicalJson
from domain.errors import InvalidSchemasError, InvalidTextError

MAX_RESOURCES = 2000
MAX_NAME_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 20_000


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

    def __post_init__(self) -> None:
        """Refuse texts that cannot be stored.

        Raises:
            InvalidSchemasError: A name or the description is too long or holds control characters.
        """
        try:
            for name in dict.fromkeys((self.resource_type, self.provider, self.resource)):
                texts.validate_line(name, max_length=MAX_NAME_LENGTH)
            if self.description is not None:
                texts.validate_text(self.description, max_length=MAX_DESCRIPTION_LENGTH)
        except InvalidTextError as error:
            raise InvalidSchemasError(f"{self.resource_type[:MAX_NAME_LENGTH]!r}: {error.detail}") from None


@dataclass(frozen=True, slots=True)
class ResourceSchemas:
    """A version's resource schemas, sorted by resource. Equal sets are equal values."""

    entries: tuple[ResourceSchema, ...]

    @classmethod
    def of(cls, entries: Mapping[str, ResourceSchema]) -> Self | None:
        """Collect schemas by resource type; none at all is None, which is how a version without schemas reads.

        Raises:
            InvalidSchemasError: More than 2000 resource types.
        """
        if len(entries) > MAX_RESOURCES:
            raise InvalidSchemasError(f"{len(entries)} resource types; {MAX_RESOURCES} are allowed")
        ordered = sorted(entries.values(), key=lambda entry: (entry.resource, entry.resource_type))
        return cls(tuple(ordered)) if entries else None

    def __iter__(self) -> Iterator[ResourceSchema]:
        """Iterate in the order of resources."""
        return iter(self.entries)
