"""Finding providers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.catalog import CatalogEntry
from domain.names import ProviderName
from domain.search import Query, ResourceHit

MAX_COUNTED = 1_000
"""Tags are counted among so many providers, those released last."""


class CatalogOrder(StrEnum):
    """The order of providers where no query ranks them."""

    NAME = "name"
    RECENT = "recent"


@dataclass(frozen=True, slots=True, order=True)
class ReleasePlace:
    """A place in the order of releases, which is this one reversed: the last release first."""

    released_at: datetime
    name: ProviderName

    @classmethod
    def of(cls, entry: CatalogEntry) -> "ReleasePlace":
        return cls(entry.released_at, entry.provider.name)


@dataclass(frozen=True, slots=True)
class TagCount:
    """How many of the counted providers have a tag."""

    tag: str
    providers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogPage:
    """A stretch of what was found.

    Attributes:
        total: How many were found altogether.
        near: Whether nothing was found, and these are near misses.
        more_after: In the order of releases, the place after which there are more; None if there are none.
    """

    entries: Sequence[CatalogEntry]
    total: int
    near: bool = False
    more_after: ReleasePlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogSearch:
    """What to look for, and which stretch of it to return.

    Attributes:
        query: None finds every provider.
        tags: What is found has all of these.
        order: Of what is found without a query. A query ranks what it finds.
        limit: At most that many entries.
        offset: Leave out that many first. Not in the order of releases.
        after: In the order of releases, the place after which to go on; None begins with the last release.
    """

    query: Query | None = None
    tags: frozenset[str] = frozenset()
    order: CatalogOrder = CatalogOrder.NAME
    limit: int = 20
    offset: int = 0
    after: ReleasePlace | None = None

    @property
    def is_by_release(self) -> bool:
        """Whether what is found comes in the order of releases."""
        return self.query is None and self.order is CatalogOrder.RECENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePage:
    """The best of what was found.

    Attributes:
        total: How many were found altogether; of very many, so many as were ranked.
    """

    hits: Sequence[ResourceHit]
    total: int


class ProviderQueries(Protocol):
    """Shows providers that have a public (published or yanked) version; others stay hidden.

    Every method raises ``StoreUnavailableError`` when the catalog is unreachable.
    """

    async def search(self, search: CatalogSearch) -> CatalogPage:
        """Return what is found, best first by ``Query.rank`` and in the order of names among equals, without readmes.

        Nothing found, and a query given: return the near misses (``Query.nearness``) instead, nearest first. Of more
        than ``MAX_NEAR`` names that are alike, so many are returned, in all pages together.

        Without a query, return providers in the order that is asked for. A provider that is released while pages are
        read moves to the front: no page has it twice, and those read later may lack it.
        """
        ...

    async def count_tags(self, *, limit: int) -> Sequence[TagCount]:
        """Return the tags that most of the ``MAX_COUNTED`` providers released last have, the most used first."""
        ...

    async def search_resources(self, query: Query, *, limit: int) -> ResourcePage:
        """Return resource types of latest versions, best first by ``ResourceEntry.rank``.

        Among equals in the order of providers' names and of resource types. Of very many that match, not all are
        ranked.
        """
        ...

    async def find(self, name: ProviderName) -> CatalogEntry | None:
        """Return one provider with its readme, or None."""
        ...
