"""What a search found, and the links from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from application.ports.provider_queries import CatalogPage, CatalogSearch, ResourcePage
from domain.search import ResourceHit
from entrypoints.http.pages.resources import resource_path
from entrypoints.presenters.resource_search import matching_fields


@dataclass(frozen=True, slots=True)
class FoundResource:
    """A resource type that was found.

    Attributes:
        fields: Those of its fields that the query found.
    """

    hit: ResourceHit
    path: str
    fields: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Results:
    """A stretch of what was found.

    Attributes:
        words: What was looked for, as it was written.
        resources: Resource types that were found; None if the query has no words, or a later stretch is shown.
    """

    words: str
    search: CatalogSearch
    found: CatalogPage
    resources: ResourcePage | None = None

    @cached_property
    def hits(self) -> Sequence[FoundResource]:
        """The resource types that are shown."""
        query = self.search.query
        if self.resources is None or query is None:
            return ()
        return [
            FoundResource(
                hit, resource_path(hit.provider, hit.version, hit.entry.resource_type), matching_fields(hit, query)
            )
            for hit in self.resources.hits
        ]

    @property
    def tags(self) -> list[str]:
        """The tags that what was found has."""
        return sorted(self.search.tags)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was looked for."""
        return bool(self.words or self.search.tags)

    @property
    def first(self) -> int:
        """Number of the first one shown, from 1."""
        return self.search.offset + 1

    @property
    def last(self) -> int:
        """Number of the last one shown."""
        return self.search.offset + len(self.found.entries)

    @property
    def page(self) -> int:
        """Number of this stretch, from 1."""
        return self.search.offset // self.search.limit + 1

    @property
    def pages(self) -> int:
        """How many stretches there are."""
        return -(-self.found.total // self.search.limit)

    @property
    def previous(self) -> str | None:
        """Link to the stretch before, or None."""
        return self._link(max(0, self.search.offset - self.search.limit)) if self.search.offset else None

    @property
    def next(self) -> str | None:
        """Link to the stretch after, or None."""
        return self._link(self.search.offset + self.search.limit) if self.last < self.found.total else None

    def with_tag(self, tag: str) -> str:
        """Return the link that looks for a tag too."""
        return _link(self.words, {*self.search.tags, tag})

    def without_tag(self, tag: str) -> str:
        """Return the link that looks for a tag no longer."""
        return _link(self.words, self.search.tags - {tag})

    def _link(self, offset: int) -> str:
        return _link(self.words, self.search.tags, offset)


def _link(words: str, tags: set[str] | frozenset[str], offset: int = 0) -> str:
    parameters = {"q": words, "tags": sorted(tags), "offset": offset or ""}
    query = urlencode({name: value for name, value in parameters.items() if value}, doseq=True)
    return f"/?{query}" if query else "/"
