"""What it means to find a provider. Every catalog finds by these rules, so that they all find the same."""

import re
import unicodedata
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from domain.catalog import CatalogMetadata, Provider
from domain.names import ProviderName

MAX_QUERY_WORDS = 8
MAX_NEAR_WORDS = 3
_LONGEST_WORD = 64
_WORD = re.compile(r"[^\W_]+")


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
    def trigrams(self) -> frozenset[str]:
        """Pieces of the words; what shares more than half of them is a near miss. None of a query of many words."""
        return trigrams(frozenset(self.words if len(self.words) <= MAX_NEAR_WORDS else ()))

    @property
    def telling_trigrams(self) -> frozenset[str]:
        """So many of the trigrams that what shares more than half of all has one of these; beginnings come last."""
        by_rarity = sorted(self.trigrams, key=lambda trigram: (trigram.startswith(" "), trigram))
        return frozenset(by_rarity[: (len(by_rarity) + 1) // 2])

    def rank(self, provider: Provider, terms: SearchTerms) -> int | None:
        """Return 0 for the provider of that name, 1 if its labels are found, 2 if other words are, else None."""
        if not self.begins(terms.words):
            return None
        if self.text in {provider.name.name, provider.name.canonical}:
            return 0
        return 1 if self.begins(terms.labels) else 2

    def nearness(self, terms: SearchTerms) -> int | None:
        """Return how many trigrams are shared, or None for too few to be a near miss."""
        wanted = self.trigrams
        shared = len(wanted & terms.trigrams)
        return shared if shared * 2 > len(wanted) else None

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
    """Return all runs of three characters, with blanks around each word, so that beginnings weigh more."""
    padded = (f"  {label} " for label in labels)
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
