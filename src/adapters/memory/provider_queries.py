"""A catalog of providers in memory."""

from collections import Counter
from collections.abc import Callable, Sequence

from adapters.memory.version_repository import InMemoryVersionRepository
from application.ports.provider_queries import (
    MAX_COUNTED,
    CatalogPage,
    CatalogSearch,
    ReleasePlace,
    ResourcePage,
    TagCount,
)
from domain.catalog import CatalogEntry, Provider, latest
from domain.names import ProviderName
from domain.search import MAX_NEAR, Query, ResourceHit, SearchTerms, resource_entries
from domain.versions import ProviderVersion, VersionStatus


class InMemoryProviderQueries:
    """Shows what an in-memory store holds."""

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store

    async def search(self, search: CatalogSearch) -> CatalogPage:
        shown = [entry for entry in await self._entries() if search.tags.issubset(entry.shown.tags)]
        query = search.query
        if search.is_by_release:
            return _page_by_release(shown, search)
        if query is None:
            return _page(shown, lambda _: 0, search)
        found = _page(shown, lambda entry: query.rank(entry.provider, _terms(entry)), search)
        if found.total:
            return found
        alike = [entry for entry in shown if query.nearness(_terms(entry)) is not None]
        return _page(alike[:MAX_NEAR], lambda entry: _distance(query, entry), search, near=True)

    async def search_resources(self, query: Query, *, limit: int) -> ResourcePage:
        found = []
        for provider, versions in await self._store.public():
            entry = _entry(provider, versions)
            chosen = next((each for each in versions if each.version == entry.latest), None)
            if chosen is None:
                continue
            for resource in resource_entries(chosen.announcement.schemas):
                rank = resource.rank(query)
                if rank is not None:
                    hit = ResourceHit(
                        provider=provider.name, metadata=entry.shown, version=chosen.version, entry=resource
                    )
                    found.append((rank, provider.name, resource.resource_type, hit))
        found.sort(key=lambda each: each[:3])
        return ResourcePage(hits=[hit for *_, hit in found[:limit]], total=len(found))

    async def count_tags(self, *, limit: int) -> Sequence[TagCount]:
        counted = sorted(await self._entries(), key=ReleasePlace.of, reverse=True)[:MAX_COUNTED]
        counts = Counter(tag for entry in counted for tag in set(entry.shown.tags))
        return [TagCount(*each) for each in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:limit]]

    async def find(self, name: ProviderName) -> CatalogEntry | None:
        public = await self._store.public()
        found = next(((provider, versions) for provider, versions in public if provider.name == name), None)
        return None if found is None else _entry(*found, readme=True)

    async def _entries(self) -> Sequence[CatalogEntry]:
        return [_entry(provider, versions) for provider, versions in await self._store.public()]


def _entry(provider: Provider, versions: Sequence[ProviderVersion], *, readme: bool = False) -> CatalogEntry:
    installable = {found.version: found for found in versions if found.status is VersionStatus.PUBLISHED}
    chosen = latest(installable)
    wheel = None if chosen is None else installable[chosen].wheel
    return CatalogEntry(
        provider=provider,
        latest=chosen,
        released_at=max(found.published_at for found in versions if found.published_at),
        readme=wheel.readme if wheel and readme else None,
    )


def _page_by_release(entries: Sequence[CatalogEntry], search: CatalogSearch) -> CatalogPage:
    after = search.after
    following = [entry for entry in entries if after is None or ReleasePlace.of(entry) < after]
    shown = sorted(following, key=ReleasePlace.of, reverse=True)[: search.limit]
    return CatalogPage(entries=shown, total=len(entries))


def _page(
    entries: Sequence[CatalogEntry],
    rank: Callable[[CatalogEntry], int | None],
    search: CatalogSearch,
    *,
    near: bool = False,
) -> CatalogPage:
    ranked = [(found, entry.provider.name, entry) for entry in entries if (found := rank(entry)) is not None]
    ranked.sort(key=lambda each: each[:2])
    shown = [entry for _, _, entry in ranked[search.offset : search.offset + search.limit]]
    return CatalogPage(entries=shown, total=len(ranked), near=near and bool(ranked))


def _distance(query: Query, entry: CatalogEntry) -> int | None:
    shared = query.nearness(_terms(entry))
    return None if shared is None else -shared


def _terms(entry: CatalogEntry) -> SearchTerms:
    return SearchTerms.of(entry.provider.name, entry.shown)
