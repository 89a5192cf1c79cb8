"""The catalog of providers."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from adapters.postgres.catalog_queries import COUNT_TAGS, FIND_PROVIDER, SEARCHES
from adapters.postgres.engine import Database, Rows
from adapters.postgres.provider_mapping import read_provider
from adapters.postgres.queries import key_of
from adapters.postgres.resource_queries import SEARCH, read_resource
from adapters.postgres.version_mapping import read_number, read_readme
from application.errors import SearchBusyError
from application.ports.provider_queries import CatalogPage, CatalogSearch, ReleasePlace, ResourcePage, TagCount
from domain.catalog import CatalogEntry
from domain.names import ProviderName
from domain.search import MAX_NEAR_WORDS, NearWord, Query, ResourceHit

_START = datetime.max.replace(tzinfo=UTC)
"""The place before the newest release."""


class PostgresProviderQueries:
    """Finds providers by their words, with full-text and array indexes that PostgreSQL has without any extension."""

    def __init__(self, database: Database, *, search_timeout: float = 2.0) -> None:
        """Searches use at most a quarter of the database's connections.

        Args:
            database: Where to search.
            search_timeout: Seconds that a search may take, including the wait for a free place.
        """
        self._database = database
        self._timeout = search_timeout
        self._searches = asyncio.Semaphore(max(1, database.options.pool_size // 4))

    async def search_resources(self, query: Query, *, limit: int) -> ResourcePage:
        if not query.words:
            return ResourcePage(hits=[], total=0)
        parameters = {**_terms(query), "page_limit": limit}
        async with self._turn():
            rows = await self._database.read(SEARCH, parameters, silence_timeout=self._timeout / 2)
        return ResourcePage(hits=[_hit(row) for row in rows], total=rows[0]["total"] if rows else 0)

    async def search(self, search: CatalogSearch) -> CatalogPage:
        if search.query is None:
            async with self._turn() if search.tags else nullcontext():
                return _page(await self._search("recent" if search.is_by_release else "everything", search))
        if not search.query.words:
            return CatalogPage(entries=[], total=0)
        async with self._turn():
            return await self._found(search, search.query)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout), self._searches:
                yield
        except TimeoutError:
            raise SearchBusyError("too much is being searched for; use fewer or longer words, or try again") from None

    async def count_tags(self, *, limit: int) -> Sequence[TagCount]:
        rows = await self._database.read(COUNT_TAGS, {"page_limit": limit}, silence_timeout=self._timeout / 2)
        return [TagCount(row["tag"], row["number"]) for row in rows]

    async def find(self, name: ProviderName) -> CatalogEntry | None:
        rows = await self._database.read(FIND_PROVIDER, key_of(name))
        return _entry(rows[0]) if rows else None

    async def _found(self, search: CatalogSearch, query: Query) -> CatalogPage:
        found = _page(await self._search("found", search))
        if found.total or not query.near_words:
            return found
        return _page(await self._search("near", search), near=True)

    async def _search(self, kind: str, search: CatalogSearch) -> Rows:
        parameters: dict[str, object] = {"page_limit": search.limit}
        parameters |= _place(search.after) if kind == "recent" else {"page_offset": search.offset}
        if search.tags:
            parameters["of_tags"] = sorted(search.tags)
        if search.query is not None:
            parameters |= _near_terms(search.query) if kind == "near" else _terms(search.query)
        statement = SEARCHES[kind, bool(search.tags)]
        return await self._database.read(statement, parameters, silence_timeout=self._timeout / 2)


def _place(after: ReleasePlace | None) -> dict[str, object]:
    if after is None:
        return {"after_released_at": _START, "after_prefix": "", "after_name": ""}
    return {"after_released_at": after.released_at, "after_prefix": after.name.prefix, "after_name": after.name.name}


def _terms(query: Query) -> dict[str, object]:
    # Words are letters and digits only, so that quoting them is all that tsquery's syntax needs.
    beginnings = [f"'{word}':*" if len(word) > 1 else f"'{word}'" for word in query.words]
    return {"of_text": query.text, "of_words": " & ".join(beginnings), "of_beginnings": beginnings}


def _near_terms(query: Query) -> dict[str, object]:
    words = query.near_words
    absent = [NearWord(())] * (MAX_NEAR_WORDS - len(words))
    return {
        "of_groups": " & ".join(f"({' | '.join(map(_all_of, word.groups))})" for word in words),
        **{f"of_trigrams_{place}": word.trigrams for place, word in enumerate((*words, *absent))},
        **{f"of_needed_{place}": word.needed for place, word in enumerate((*words, *absent))},
    }


def _all_of(trigrams: Sequence[str]) -> str:
    quoted = " & ".join(f"'{trigram}'" for trigram in trigrams)
    return f"({quoted})"


def _page(rows: Rows, *, near: bool = False) -> CatalogPage:
    entries = [_entry(row) for row in rows if row["prefix"] is not None]
    total = rows[0]["total"]
    return CatalogPage(entries=entries, total=total, near=near and total > 0)


def _entry(row: Mapping[str, Any]) -> CatalogEntry:
    name = ProviderName(row["prefix"], row["name"])
    latest = None if row["version"] is None else read_number(row)
    return CatalogEntry(
        provider=read_provider(name, row), latest=latest, released_at=row["released_at"], readme=read_readme(row)
    )


def _hit(row: Mapping[str, Any]) -> ResourceHit:
    name = ProviderName(row["prefix"], row["name"])
    shown = read_provider(name, row).shown
    return ResourceHit(provider=name, metadata=shown, version=read_number(row), entry=read_resource(row))
