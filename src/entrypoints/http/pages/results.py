"""What a search found, and the links from there."""

from dataclasses import dataclass
from urllib.parse import urlencode

from application.ports.provider_queries import CatalogPage, CatalogSearch


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A stretch of what was found.

    Attributes:
        words: What was looked for, as it was written.
    """

    words: str
    search: CatalogSearch
    found: CatalogPage

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
