"""What a search found, and the links from there."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from application.ports.provider_queries import CatalogOrder, CatalogPage, CatalogSearch, ResourcePage
from domain.search import ResourceHit
from entrypoints.http.pages.resources import resource_path
from entrypoints.http.requests.paging import write_release_cursor
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


_ORDERS = {CatalogOrder.NAME: "Name", CatalogOrder.RECENT: "Last release"}
_ORDERED = 2


@dataclass(frozen=True, slots=True)
class OrderLink:
    """An order to choose."""

    label: str
    path: str
    is_chosen: bool


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
    def is_front(self) -> bool:
        """Whether nothing was looked for, and this is the first stretch."""
        return not self.is_narrowed and self.is_first

    @property
    def is_first(self) -> bool:
        """Whether this is the first stretch."""
        return not self.search.offset and self.search.after is None

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
        """Link to the stretch before, or None; in the order of releases, which has no way back, to the first."""
        if self.search.after is not None:
            return self._link()
        return self._link(offset=max(0, self.search.offset - self.search.limit)) if self.search.offset else None

    @property
    def next(self) -> str | None:
        """Link to the stretch after, or None."""
        if self.search.is_by_release:
            after = self.found.more_after
            return None if after is None else self._link(cursor=write_release_cursor(after))
        return self._link(offset=self.search.offset + self.search.limit) if self.last < self.found.total else None

    @property
    def orders(self) -> Sequence[OrderLink]:
        """The orders to choose from: none where a query ranks, or there is nothing to order."""
        if self.search.query is not None or self.found.total < _ORDERED:
            return ()
        return [
            OrderLink(label, self._link(order=order), is_chosen=order is self.search.order)
            for order, label in _ORDERS.items()
        ]

    def with_tag(self, tag: str) -> str:
        """Return the link that looks for a tag too."""
        return self._link(tags={*self.search.tags, tag})

    def without_tag(self, tag: str) -> str:
        """Return the link that looks for a tag no longer."""
        return self._link(tags=self.search.tags - {tag})

    def _link(
        self,
        *,
        tags: AbstractSet[str] | None = None,
        order: CatalogOrder | None = None,
        offset: int = 0,
        cursor: str = "",
    ) -> str:
        wanted = self.search.order if order is None else order
        parameters = {
            "q": self.words,
            "tags": sorted(self.search.tags if tags is None else tags),
            "sort": "" if wanted is CatalogOrder.NAME else wanted.value,
            "offset": offset or "",
            "cursor": cursor,
        }
        query = urlencode({name: value for name, value in parameters.items() if value}, doseq=True)
        return f"/?{query}" if query else "/"
