"""The contract of a catalog, kept by every adapter."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.provider_queries import InMemoryProviderQueries
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.engine import Database
from adapters.postgres.provider_queries import PostgresProviderQueries
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import SearchBusyError, StoreUnavailableError
from application.ports.provider_queries import (
    CatalogOrder,
    CatalogPage,
    CatalogSearch,
    ProviderQueries,
    ReleasePlace,
    TagCount,
)
from domain.catalog import CatalogMetadata
from domain.errors import WheelProblem, WheelRefusedError
from domain.names import ProviderName
from domain.search import MAX_NEAR, Query, SearchTerms
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel.metadata import Readme
from provider_registry_testing.writes import VersionStore
from tests.builders import NOW, a_building_version, a_name, a_proven_wheel, a_version, some_metadata
from tests.support.postgres import empty, execute
from tests.support.postgres_sessions import holding, wait_until_idle
from tests.support.stores import put, writing

LATER = NOW + timedelta(hours=1)
V1 = SemVer.parse("1.0.0")
REFUSAL = WheelRefusedError(WheelProblem.DIGEST_MISMATCH, "the bytes differ")


class Catalogued:
    """A catalog, and the store behind it."""

    def __init__(self, store: VersionStore, catalog: ProviderQueries) -> None:
        self.store = store
        self.catalog = catalog

    async def publish(self, name: str, version: str = "1.0.0", **metadata: object) -> None:
        published = a_version(version, name=name)
        shown = some_metadata(**{"display_name": "D", "description": "", "tags": (), **metadata})
        await self.store.update(published.name, published.version, writing(published, shown))

    async def find(self, words: str | None = None, *tags: str, limit: int = 20, offset: int = 0) -> CatalogPage:
        query = None if words is None else Query.parse(words)
        return await self.catalog.search(CatalogSearch(query=query, tags=frozenset(tags), limit=limit, offset=offset))

    async def release(self, name: str, number: str = "1.0.0", *, at: int = 0, tags: tuple[str, ...] = ()) -> None:
        version = replace(a_version(number, name=name), published_at=hour(at), updated_at=hour(at))
        await self.store.update(version.name, version.version, writing(version, some_metadata(tags=tags)))

    async def stored(self, name: str) -> ProviderVersion:
        found = (await self.store.load(ProviderName.parse(name), V1)).version
        assert found is not None
        return found

    async def recent(self, *tags: str, limit: int = 20, after: ReleasePlace | None = None) -> CatalogPage:
        order = CatalogOrder.RECENT
        return await self.catalog.search(CatalogSearch(tags=frozenset(tags), order=order, limit=limit, after=after))

    async def names(self, words: str | None = None, *tags: str) -> list[str]:
        return canonical(await self.find(words, *tags))


def hour(number: int) -> datetime:
    return NOW + timedelta(hours=number)


def canonical(page: CatalogPage) -> list[str]:
    return [entry.provider.name.canonical for entry in page.entries]


@pytest.fixture(params=["memory", "postgres"])
def catalogued(request: pytest.FixtureRequest) -> Catalogued:
    if request.param == "memory":
        store = InMemoryVersionRepository()
        return Catalogued(store, InMemoryProviderQueries(store))
    database: Database = request.getfixturevalue("database")
    return Catalogued(PostgresVersionRepository(database), PostgresProviderQueries(database))


async def test_an_empty_catalog_finds_nothing(catalogued: Catalogued) -> None:
    for words in (None, "gcp", "", "!?"):
        assert await catalogued.find(words) == CatalogPage(entries=[], total=0)
    assert await catalogued.catalog.find(a_name()) is None


async def test_providers_come_in_the_order_of_their_names(catalogued: Catalogued) -> None:
    for name in ("platform/b", "acme/z", "platform/a-b", "platform/ab", "platform/a"):
        await catalogued.publish(name)
    assert await catalogued.names() == ["acme/z", "platform/a", "platform/a-b", "platform/ab", "platform/b"]


async def test_providers_come_by_their_last_release(catalogued: Catalogued) -> None:
    await catalogued.release("acme/z", at=1)
    await catalogued.release("platform/b", at=2)
    await catalogued.release("platform/a", at=3)
    await catalogued.release("platform/b", "0.9.0", at=4)
    assert canonical(await catalogued.recent()) == ["platform/b", "platform/a", "acme/z"]
    assert [entry.released_at for entry in (await catalogued.recent()).entries] == [hour(4), hour(3), hour(1)]


async def test_a_yank_and_its_restoration_are_no_releases(catalogued: Catalogued) -> None:
    await catalogued.release("platform/a", at=1)
    await catalogued.release("platform/b", at=2)
    yanked = (await catalogued.stored("platform/a")).yank("broken", at=hour(3))
    await put(catalogued.store, yanked)
    assert canonical(await catalogued.recent()) == ["platform/b", "platform/a"]
    await put(catalogued.store, yanked.restore(at=hour(4)))
    assert canonical(await catalogued.recent()) == ["platform/b", "platform/a"]
    [_, entry] = (await catalogued.recent()).entries
    assert entry == await catalogued.catalog.find(entry.provider.name)
    assert entry in (await catalogued.find()).entries
    assert entry in (await catalogued.find("a")).entries


async def test_pages_by_release_neither_lose_nor_repeat(catalogued: Catalogued) -> None:
    for number, name in enumerate("abcdefgh"):
        await catalogued.release(f"platform/{name}", at=number // 3, tags=("even",) if number % 2 == 0 else ())
    for tags, names in (([], "hgfedcba"), (["even"], "geca")):
        shown: list[str] = []
        page = await catalogued.recent(*tags, limit=2)
        while page.entries:
            assert page.total == len(names)
            shown += canonical(page)
            page = await catalogued.recent(*tags, limit=2, after=ReleasePlace.of(page.entries[-1]))
        assert shown == [f"platform/{name}" for name in names]


async def test_a_provider_that_is_released_while_pages_are_read_moves_to_the_front(catalogued: Catalogued) -> None:
    for number, name in enumerate("abcd"):
        await catalogued.release(f"platform/{name}", at=number)
    first = await catalogued.recent(limit=2)
    await catalogued.release("platform/d", "2.0.0", at=8)
    await catalogued.release("platform/b", "2.0.0", at=9)
    second = await catalogued.recent(limit=2, after=ReleasePlace.of(first.entries[-1]))
    assert [canonical(first), canonical(second)] == [["platform/d", "platform/c"], ["platform/a"]]
    assert canonical(await catalogued.recent(limit=2)) == ["platform/b", "platform/d"]


@pytest.mark.parametrize(
    ("place", "found"),
    [(datetime(1, 1, 1, tzinfo=UTC), []), (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), ["platform/a"])],
)
async def test_a_place_may_be_as_early_or_late_as_any_time(
    catalogued: Catalogued, place: datetime, found: list[str]
) -> None:
    await catalogued.release("platform/a")
    after = ReleasePlace(place, ProviderName("platform", "a"))
    page = await catalogued.recent(after=after)
    assert (canonical(page), page.total) == (found, 1)


async def test_a_query_ranks_whatever_the_order(catalogued: Catalogued) -> None:
    await catalogued.release("acme/gcp-tools", at=2)
    await catalogued.release("platform/gcp", at=1)
    search = CatalogSearch(query=Query.parse("gcp"), order=CatalogOrder.RECENT)
    assert canonical(await catalogued.catalog.search(search)) == ["platform/gcp", "acme/gcp-tools"]


async def test_tags_are_counted_and_the_most_used_come_first(catalogued: Catalogued) -> None:
    assert list(await catalogued.catalog.count_tags(limit=5)) == []
    await catalogued.release("platform/a", tags=("cloud", "b", "cloud"))
    await catalogued.release("platform/b", tags=("cloud", "B"))
    await catalogued.release("platform/c")
    counts = [TagCount("cloud", 2), TagCount("B", 1), TagCount("b", 1)]
    assert list(await catalogued.catalog.count_tags(limit=5)) == counts
    assert list(await catalogued.catalog.count_tags(limit=2)) == counts[:2]


async def test_providers_without_a_public_version_stay_hidden(catalogued: Catalogued) -> None:
    failed = a_building_version(name="platform/failed").fail(REFUSAL, at=NOW)
    await put(catalogued.store, failed, a_building_version(name="platform/building"))
    assert await catalogued.names() == []
    assert await catalogued.names("failed") == []
    assert await catalogued.catalog.find(failed.name) is None


async def test_a_provider_whose_versions_are_all_yanked_is_shown_without_a_latest_one(catalogued: Catalogued) -> None:
    await catalogued.publish("platform/gcp")
    await put(catalogued.store, a_version("1.0.0").yank("broken", at=LATER))
    [entry] = (await catalogued.find()).entries
    assert entry.latest is None
    assert await catalogued.catalog.find(a_name()) == entry


async def test_an_entry_has_what_is_stored_and_the_latest_version(catalogued: Catalogued) -> None:
    await catalogued.publish("platform/gcp", "1.0.0", display_name="Google Cloud", tags=("cloud",))
    await put(catalogued.store, a_version("2.0.0-rc.1"), a_version("1.10.0"), a_version("1.9.0"))
    [entry] = (await catalogued.find("gcp")).entries
    stored = await catalogued.store.load(a_name(), a_version().version)
    assert entry.provider == stored.provider
    assert entry.latest is not None
    assert entry.latest.text == "1.10.0"


def with_readme(version: ProviderVersion, text: str) -> ProviderVersion:
    return replace(version, wheel=replace(a_proven_wheel(), readme=Readme(text, "text/markdown")))


async def test_the_readme_is_the_latest_versions_and_lists_leave_it_out(catalogued: Catalogued) -> None:
    await catalogued.publish("platform/gcp")
    await put(
        catalogued.store,
        with_readme(a_version("1.0.0"), "old"),
        with_readme(a_version("1.1.0"), "# new ü"),
        with_readme(a_version("1.2.0-rc.1"), "not yet"),
        with_readme(a_version("1.3.0"), "yanked").yank("broken", at=LATER),
    )
    found = await catalogued.catalog.find(a_name())
    assert found is not None
    assert found.readme == Readme("# new ü", "text/markdown")
    assert [entry.readme for entry in (await catalogued.find()).entries] == [None]


async def test_a_readme_outlives_a_yank_and_its_restoration(catalogued: Catalogued) -> None:
    version = with_readme(a_version("1.0.0"), "kept")
    await catalogued.publish("platform/gcp")
    await put(catalogued.store, version)
    published = (await catalogued.store.load(version.name, version.version)).version
    assert published is not None
    await put(catalogued.store, published.yank("broken", at=LATER))
    yanked = (await catalogued.store.load(version.name, version.version)).version
    assert yanked is not None
    await put(catalogued.store, yanked.restore(at=LATER))
    found = await catalogued.catalog.find(version.name)
    assert found is not None
    assert found.readme == Readme("kept", "text/markdown")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("gcp", True),
        ("GCP", True),
        ("platform/gcp", True),
        ("google", True),
        ("goo clo", True),
        ("cloud google", True),
        ("buckets", True),
        ("manages-databases", True),
        ("\uff27oogle", True),
        ("straße", True),
        ("STRASSE", True),
        ("storage", True),
        ("cloud azure", False),
        ("ucket", False),
        ("!!!", False),
        ("' & | ! :* \\", False),
    ],
)
async def test_each_word_of_a_query_begins_a_word_of_what_is_found(
    catalogued: Catalogued, words: str, *, found: bool
) -> None:
    await catalogued.publish(
        "platform/gcp",
        display_name="Google Cloud",
        description="Manages buckets, databases and the Straße.",
        tags=("object-storage",),
    )
    page = await catalogued.find(words)
    assert (canonical(page), page.total, page.near) == ((["platform/gcp"], 1, False) if found else ([], 0, False))


async def test_the_provider_of_that_name_comes_first_and_labels_before_other_words(catalogued: Catalogued) -> None:
    await catalogued.publish("acme/a", description="Talks to gcp.")
    await catalogued.publish("acme/b", display_name="GCP tools")
    await catalogued.publish("acme/gcp-tools")
    await catalogued.publish("platform/gcp")
    assert await catalogued.names("gcp") == ["platform/gcp", "acme/b", "acme/gcp-tools", "acme/a"]
    assert (await catalogued.names(" Platform/GCP "))[0] == "platform/gcp"


async def test_names_that_are_spelt_alike_are_found_when_nothing_else_is(catalogued: Catalogued) -> None:
    await catalogued.publish("platform/kubernetes", display_name="Clusters")
    await catalogued.publish("platform/qdrant", description="Not kuberntes.")
    assert await catalogued.names("kuberntes") == ["platform/qdrant"]
    page = await catalogued.find("kubernets")
    assert (canonical(page), page.total, page.near) == (["platform/kubernetes"], 1, True)
    assert await catalogued.names("vercel") == []


async def test_the_nearest_names_come_first(catalogued: Catalogued) -> None:
    for name in ("platform/supabases", "platform/supabase", "acme/superbase"):
        await catalogued.publish(name)
    page = await catalogued.find("supabaseq")
    assert canonical(page)[:2] == ["platform/supabase", "platform/supabases"]
    assert page.near


async def test_each_word_of_a_near_miss_is_spelt_like_one_of_the_name(catalogued: Catalogued) -> None:
    await catalogued.publish("platform/storage-7", display_name="Storage 7")
    await catalogued.publish("platform/storage-8", display_name="Storage 8")
    await catalogued.publish("platform/network-7", display_name="Network 7")
    assert await catalogued.names("stroage 7") == ["platform/storage-7"]
    assert await catalogued.names("platfrm netwrok") == ["platform/network-7"]
    assert await catalogued.names("stroage") == ["platform/storage-7", "platform/storage-8"]
    for words in ("stroage 9", "platform vercel", "a b c stroage"):
        assert await catalogued.names(words) == []


@pytest.mark.hostile
async def test_of_very_many_near_misses_some_are_found(catalogued: Catalogued) -> None:
    for number in range(MAX_NEAR + 3):
        await catalogued.publish(f"platform/storage-{number}")
    first, last = await catalogued.find("stroage"), await catalogued.find("stroage", offset=MAX_NEAR - 5)
    assert [first.total, len(first.entries), first.near] == [MAX_NEAR, 20, True]
    assert [last.total, len(last.entries)] == [MAX_NEAR, 5]
    assert await catalogued.names(f"stroage {MAX_NEAR}") == [f"platform/storage-{MAX_NEAR}"]


@pytest.mark.hostile
@pytest.mark.parametrize(
    "words",
    [
        "\U0001d4c2" * 300,
        "\u0345" * 65,
        "ﷺ" * 64,
        "a" * 10_000,
        "\u0301x\u0301",
        "\u202ename 'x':* | !",
        "ß" * 64 + " Ⅷ ²",
        "' \\ \x00",
    ],
)
async def test_a_search_is_answered_whatever_it_is_for(catalogued: Catalogued, words: str) -> None:
    await catalogued.publish("platform/storage")
    assert await catalogued.names(words) == []
    assert await catalogued.names(words, "no such tag") == []


async def test_all_tags_asked_for_are_had(catalogued: Catalogued) -> None:
    await catalogued.publish("platform/a", tags=("cloud", "google"))
    await catalogued.publish("platform/b", tags=("cloud",))
    await catalogued.publish("platform/c")
    assert await catalogued.names(None, "cloud") == ["platform/a", "platform/b"]
    assert await catalogued.names(None, "google", "cloud") == ["platform/a"]
    assert await catalogued.names("b", "cloud") == ["platform/b"]
    assert await catalogued.names("platfrm", "google") == ["platform/a"]
    assert await catalogued.names(None, "clou") == []


async def test_new_metadata_is_what_is_found_from_then_on(catalogued: Catalogued) -> None:
    await catalogued.publish("platform/gcp", display_name="Old")
    await catalogued.publish("platform/gcp", "1.1.0", display_name="New")
    assert (await catalogued.names("old"), await catalogued.names("new")) == ([], ["platform/gcp"])


async def test_the_total_is_reported_beyond_the_end_too(catalogued: Catalogued) -> None:
    await catalogued.publish("platform/a")
    assert await catalogued.find(offset=5) == CatalogPage(entries=[], total=1)
    assert await catalogued.find("a", offset=5) == CatalogPage(entries=[], total=1)


def test_an_outage_acted_out_in_memory_reaches_the_catalog() -> None:
    store = InMemoryVersionRepository()
    store.unavailable = True
    catalog = InMemoryProviderQueries(store)
    for work in (catalog.search(CatalogSearch()), catalog.find(a_name())):
        with pytest.raises(StoreUnavailableError):
            asyncio.run(work)


async def test_a_database_out_of_reach_is_a_catalog_out_of_service() -> None:
    database = Database("postgresql://registry@127.0.0.1:1/registry")
    catalog = PostgresProviderQueries(database)
    for work in (catalog.search(CatalogSearch()), catalog.find(a_name())):
        with pytest.raises(StoreUnavailableError):
            await work
    await database.dispose()


@pytest.mark.parametrize("looked_for", [{"query": Query.parse("gcp")}, {"tags": frozenset({"cloud"})}])
async def test_searches_leave_connections_to_others_and_end_in_time(
    database: Database, shared_database_dsn: str, looked_for: Mapping[str, Any]
) -> None:
    store = PostgresVersionRepository(database)
    catalog = PostgresProviderQueries(database, search_timeout=0.2)
    await put(store, a_version())
    search = catalog.search(CatalogSearch(**looked_for))
    with holding(shared_database_dsn, "LOCK TABLE providers IN ACCESS EXCLUSIVE MODE"):
        searches = [asyncio.create_task(catalog.search(CatalogSearch(**looked_for))) for _ in range(50)]
        await asyncio.sleep(0)
        assert await store.find(a_name(), V1) is not None  # the version's own table is free
        refused = await asyncio.gather(*searches, return_exceptions=True)
    assert {type(error) for error in refused} == {SearchBusyError}
    assert (await search).total == 0  # it has no metadata, so it is not shown
    wait_until_idle(shared_database_dsn)


async def test_a_total_is_right_however_providers_come_and_go(database: Database, shared_database_dsn: str) -> None:
    catalogued = Catalogued(PostgresVersionRepository(database), PostgresProviderQueries(database))
    for name in ("platform/a", "platform/b"):
        await catalogued.publish(name)
        await catalogued.publish(name, "2.0.0")
    await put(catalogued.store, a_building_version().fail(REFUSAL, at=LATER))
    assert (await catalogued.find()).total == 2
    await asyncio.to_thread(
        execute,
        shared_database_dsn,
        "ALTER TABLE version_events DISABLE TRIGGER append_only",
        "DELETE FROM version_events WHERE version_id IN (SELECT id FROM provider_versions WHERE name = 'a')",
        "ALTER TABLE version_events ENABLE TRIGGER append_only",
        "DELETE FROM provider_versions WHERE name = 'a'",
        "ALTER TABLE provider_events DISABLE TRIGGER provider_events_append_only",
        "DELETE FROM provider_events WHERE name = 'a'",
        "ALTER TABLE provider_events ENABLE TRIGGER provider_events_append_only",
        "DELETE FROM providers WHERE name = 'a'",
    )
    assert (await catalogued.find()).total == 1


LETTERS = st.text("abABß1", min_size=1, max_size=4)
PROVIDERS = st.dictionaries(
    st.builds(ProviderName, st.sampled_from(["platform", "acme"]), st.text("ab1", min_size=1, max_size=3)),
    st.builds(
        CatalogMetadata,
        display_name=LETTERS,
        description=st.lists(LETTERS, max_size=3).map("-".join),
        tags=st.lists(LETTERS, max_size=2).map(tuple),
    ),
    max_size=8,
)
QUERIES = st.none() | st.lists(LETTERS, max_size=3).map(" ".join)


def expected(providers: dict[ProviderName, CatalogMetadata], words: str | None, tags: set[str]) -> list[ProviderName]:
    """Apply the rules of the domain by brute force."""
    having = {name: SearchTerms.of(name, shown) for name, shown in providers.items() if tags <= set(shown.tags)}
    if words is None:
        return sorted(having)
    query = Query.parse(words)

    def begun(name: ProviderName) -> bool:
        return bool(query.words) and all(
            any(word == own or (len(own) > 1 and word.startswith(own)) for word in having[name].words)
            for own in query.words
        )

    found = [name for name in having if begun(name)]
    return sorted(found)


async def pages_neither_lose_nor_repeat(
    catalogued: Catalogued,
    providers: dict[ProviderName, CatalogMetadata],
    words: str | None,
    tags: set[str],
    limit: int,
) -> None:
    for name, shown in providers.items():
        version = a_version(name=name.canonical)
        await catalogued.store.update(name, version.version, writing(version, shown))
    whole = await catalogued.find(words, *tags, limit=100)
    pages: list[list[str]] = []
    for offset in range(0, 100, limit):
        page = await catalogued.find(words, *tags, limit=limit, offset=offset)
        assert page.total == len(whole.entries) == whole.total
        pages.append(canonical(page))
    assert [name for page in pages for name in page] == canonical(whole)
    if not whole.near:
        assert sorted(canonical(whole)) == sorted(map(str, expected(providers, words, tags)))


GIVEN = given(
    providers=PROVIDERS, words=QUERIES, tags=st.sets(LETTERS, max_size=1), limit=st.sampled_from([1, 2, 3, 7])
)


@GIVEN
@settings(max_examples=80)
def test_pages_in_memory_neither_lose_nor_repeat(
    providers: dict[ProviderName, CatalogMetadata], words: str | None, tags: set[str], limit: int
) -> None:
    store = InMemoryVersionRepository()
    work = pages_neither_lose_nor_repeat(
        Catalogued(store, InMemoryProviderQueries(store)), providers, words, tags, limit
    )
    asyncio.run(work)


@GIVEN
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_pages_in_postgres_neither_lose_nor_repeat(
    database: Database,
    shared_database_dsn: str,
    providers: dict[ProviderName, CatalogMetadata],
    words: str | None,
    tags: set[str],
    limit: int,
) -> None:
    await asyncio.to_thread(empty, shared_database_dsn)
    catalogued = Catalogued(PostgresVersionRepository(database), PostgresProviderQueries(database))
    await pages_neither_lose_nor_repeat(catalogued, providers, words, tags, limit)
    memory = InMemoryVersionRepository()
    model = Catalogued(memory, InMemoryProviderQueries(memory))
    for name, shown in providers.items():
        version = a_version(name=name.canonical)
        await memory.update(name, version.version, writing(version, shown))
    assert canonical(await catalogued.find(words, *tags)) == canonical(await model.find(words, *tags))
