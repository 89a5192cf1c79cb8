"""What it means to find a resource type: by its name, by its top-level fields, by its description."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.catalog import CatalogMetadata
from domain.names import ProviderName
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.search import Query, begins_one, words
from domain.semver import SemVer

MAX_FIELDS = 200
MAX_WORDS = 400
_MAX_SUMMARY = 300
_MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceEntry:
    """A resource type of the version that ``latest`` means, as far as it is searched.

    Attributes:
        fields: Names of the top-level fields of its configuration, at most 200.
        labels: Words of its name.
        words: These, and the words of its fields and of its description, at most 400.
    """

    resource_type: str
    summary: str
    fields: tuple[str, ...]
    labels: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, schema: ResourceSchema) -> "ResourceEntry":
        """Collect what a resource type is found by."""
        summary = " ".join((schema.description or "").split())[:_MAX_SUMMARY]
        fields = tuple(_fields(schema.config_schema))
        labels = frozenset(words(schema.resource_type))
        others = dict.fromkeys((*sorted(labels), *words(" ".join(fields)), *words(summary)))
        return cls(
            resource_type=schema.resource_type,
            summary=summary,
            fields=fields,
            labels=labels,
            words=frozenset(list(others)[:MAX_WORDS]),
        )

    def rank(self, query: Query) -> int | None:
        """Return 0 for the resource type of that name, 1 if its name is found, 2 if other words are, else None."""
        if not query.begins(self.words):
            return None
        if query.text == self.resource_type.lower():
            return 0
        return 1 if query.begins(self.labels) else 2

    def matching_fields(self, query: Query) -> Sequence[str]:
        """Return the fields by which the query finds it beyond its name."""
        beyond = [word for word in query.words if not begins_one(word, self.labels)]
        if not beyond:
            return ()
        named = ((name, words(name)) for name in self.fields)
        return tuple(name for name, parts in named if any(begins_one(word, parts) for word in beyond))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceHit:
    """A resource type that was found.

    Attributes:
        version: What ``latest`` means.
    """

    provider: ProviderName
    metadata: CatalogMetadata
    version: SemVer
    entry: ResourceEntry


def resource_entries(schemas: ResourceSchemas | None) -> tuple[ResourceEntry, ...]:
    """Return what a version's resource types are found by."""
    return tuple(ResourceEntry.of(schema) for schema in schemas or ())


def _fields(schema: CanonicalJson | None) -> Iterator[str]:
    """Yield the names of the fields that a schema, or the definition that it refers to, has at its top level."""
    document = None if schema is None else schema.decode()
    properties = _properties(document, document)
    yield from (name for name in list(properties)[:MAX_FIELDS] if _is_short(name))


def _is_short(name: str) -> bool:
    """Tell whether a name is short as it is searched: one character may stand for eighteen."""
    return len(name) <= _MAX_NAME and len(unicodedata.normalize("NFKC", name)) <= _MAX_NAME


def _properties(document: object, schema: object) -> dict[str, object]:
    if not isinstance(document, dict) or not isinstance(schema, dict):
        return {}
    reference = schema.get("$ref")
    if "properties" not in schema and isinstance(reference, str) and reference.count("/") == 2:
        _, holder, name = reference.split("/")
        held = document.get(holder)
        schema = held.get(name) if isinstance(held, dict) else None
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return properties if isinstance(properties, dict) else {}
