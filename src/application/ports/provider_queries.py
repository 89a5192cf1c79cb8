"""Finding providers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.catalog import CatalogEntry
from domain.names import ProviderName
from domain.search import Query, ResourceHit


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogPage:
    """A stretch of what was found.

    Attributes:
        total: How many were found altogether.
        near: Whether nothing was found, and these are near misses.
    """

    entries: Sequence[CatalogEntry]
    total: int
    near: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogSearch:
    """What to look for, and which stretch of it to return.

    Attributes:
        query: None finds every provider.
        tags: What is found has all of these.
        limit: At most that many entries.
        offset: Leave out that many first.
    """

    query: Query | None = None
    tags: frozenset[str] = frozenset()
    limit: int = 20
    offset: int = 0


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
        """
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
