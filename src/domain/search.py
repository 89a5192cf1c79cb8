"""What it means to find a provider, or a resource type: by its name, its top-level fields, its description.

Every catalog finds by these rules, so that they all find the same.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from domain.catalog import CatalogMetadata, Provider
from domain.names import ProviderName
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.semver import SemVer

MAX_QUERY_WORDS = 8
MAX_NEAR_WORDS = 3
MAX_NEAR = 100
"""So many near misses are found at most, whatever the number of names that are alike."""
_FEWEST_SHARED = 3
_LONGEST_WORD = 64
_WORD = re.compile(r"[^\W_]+")
MAX_FIELDS = 200
MAX_WORDS = 400
_MAX_SUMMARY = 300
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """By what a provider is found.

    Attributes:
        labels: Words of its names and its display name.
        words: These, and the words of its description and its tags.
        trigrams: Pieces of the labels, by which misspelt queries find them.
    """

    labels: frozenset[str]
    words: frozenset[str]
    trigrams: frozenset[str]

    @classmethod
    def of(cls, name: ProviderName, metadata: CatalogMetadata) -> "SearchTerms":
        """Collect the terms of a provider that is shown like this."""
        labels = frozenset(words(f"{name.prefix} {name.name} {metadata.display_name}"))
        others = words(" ".join((metadata.description, *metadata.tags)))
        return cls(labels, labels.union(others), trigrams(labels))


@dataclass(frozen=True, slots=True)
class NearWord:
    """A word of a query that may be misspelt.

    Attributes:
        trigrams: In the order of the word.
    """

    trigrams: tuple[str, ...]

    @property
    def needed(self) -> int:
        """How many of the trigrams names that are spelt alike have: half, and three at least; all of two."""
        return min(len(self.trigrams), max(_FEWEST_SHARED, (len(self.trigrams) + 1) // 2))

    @property
    def groups(self) -> Sequence[tuple[str, ...]]:
        """The trigrams in so many groups that what has as many as are needed has all of one group.

        Common beginnings stand in one group with rarer trigrams from within the word.
        """
        number = len(self.trigrams) - self.needed + 1
        return [self.trigrams[first::number] for first in range(number)]

    def shared(self, trigrams: AbstractSet[str]) -> int | None:
        """Return how many of the trigrams are among these, or None for fewer than are needed."""
        shared = sum(trigram in trigrams for trigram in self.trigrams)
        return shared if shared >= self.needed else None


@dataclass(frozen=True, slots=True)
class Query:
    """A search query.

    Attributes:
        text: As written, for the provider that is called exactly so.
        words: Each must begin some word of what is found, or be one if it is a single character; at most 8 count.
    """

    text: str
    words: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Read a query; one without a single letter or digit finds nothing."""
        return cls(text.strip().lower(), tuple(dict.fromkeys(words(text)))[:MAX_QUERY_WORDS])

    @property
    def near_words(self) -> Sequence[NearWord]:
        """The words as they may be misspelt. A query of more than three words is not: it finds no near misses."""
        few = self.words if len(self.words) <= MAX_NEAR_WORDS else ()
        return [NearWord(tuple(dict.fromkeys(_trigrams(word)))) for word in few]

    def rank(self, provider: Provider, terms: SearchTerms) -> int | None:
        """Return 0 for the provider of that name, 1 if its labels are found, 2 if other words are, else None."""
        if not self.begins(terms.words):
            return None
        if self.text in {provider.name.name, provider.name.canonical}:
            return 0
        return 1 if self.begins(terms.labels) else 2

    def nearness(self, terms: SearchTerms) -> int | None:
        """Return how many trigrams are shared, word by word, or None unless some label is spelt like each word."""
        shared = [word.shared(terms.trigrams) for word in self.near_words]
        near = [number for number in shared if number is not None]
        return sum(near) if near and len(near) == len(shared) else None

    def begins(self, candidates: AbstractSet[str]) -> bool:
        """Tell whether each of its words begins one of these."""
        return bool(self.words) and all(begins_one(own, candidates) for own in self.words)


def begins_one(own: str, candidates: Collection[str]) -> bool:
    """Tell whether a query's word begins one of these words; one of a single character must be one of them."""
    return own in candidates or (len(own) > 1 and any(word.startswith(own) for word in candidates))


def words(text: str) -> list[str]:
    """Split a text into words of letters and digits, in one form whatever their case and width."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word[:_LONGEST_WORD] for word in _WORD.findall(folded)]


def trigrams(labels: AbstractSet[str]) -> frozenset[str]:
    """Return the trigrams of all of these words."""
    return frozenset(trigram for label in labels for trigram in _trigrams(label))


def _trigrams(word: str) -> Iterator[str]:
    """Yield all runs of three characters, with blanks around the word, so that beginnings weigh more."""
    padded = f"  {word} "
    return (padded[at : at + 3] for at in range(len(padded) - 2))


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
    return len(name) <= _MAX_NAME and (name.isascii() or len(unicodedata.normalize("NFKC", name)) <= _MAX_NAME)


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
