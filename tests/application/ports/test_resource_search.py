"""Finding resource types: the contract of a catalog, kept by every adapter."""

from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.provider_queries import InMemoryProviderQueries
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.provider_queries import PostgresProviderQueries
from adapters.postgres.version_repository import PostgresVersionRepository
from application.ports.provider_queries import ProviderQueries, ResourcePage
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.search import Query, ResourceEntry
from provider_registry_testing.writes import VersionStore
from tests.builders import NOW, a_version, some_metadata
from tests.support.stores import put, writing

LATER = NOW + timedelta(hours=1)


def schemas_of(**described: dict[str, Any]) -> ResourceSchemas | None:
    """Return schemas by resource type, of descriptions and names of fields."""
    return ResourceSchemas.of({name: a_schema(name, **given) for name, given in described.items()})


def a_schema(name: str, *, about: str | None = None, fields: tuple[str, ...] = ()) -> ResourceSchema:
    config = CanonicalJson.of({"type": "object", "properties": {field: {} for field in fields}})
    return ResourceSchema(name, "gcp", name, about, config)


class Searched:
    """A catalog, and the store behind it."""

    def __init__(self, store: VersionStore, catalog: ProviderQueries) -> None:
        self.store = store
        self.catalog = catalog

    async def publish(self, name: str, version: str = "1.0.0", **described: dict[str, Any]) -> None:
        published = a_version(version, name=name, schemas=schemas_of(**described))
        await self.store.update(published.name, published.version, writing(published, some_metadata()))

    async def yank(self, name: str, version: str, **described: dict[str, Any]) -> None:
        published = a_version(version, name=name, schemas=schemas_of(**described))
        await put(self.store, published.yank("broken", at=LATER))

    async def find(self, words: str, *, limit: int = 20) -> ResourcePage:
        return await self.catalog.search_resources(Query.parse(words), limit=limit)

    async def names(self, words: str) -> list[str]:
        page = await self.find(words)
        return [f"{hit.provider}@{hit.version}/{hit.entry.resource_type}" for hit in page.hits]


@pytest.fixture(params=["memory", "postgres"])
def searched(request: pytest.FixtureRequest) -> Searched:
    if request.param == "memory":
        store = InMemoryVersionRepository()
        return Searched(store, InMemoryProviderQueries(store))
    database = request.getfixturevalue("database")
    return Searched(PostgresVersionRepository(database), PostgresProviderQueries(database))


async def test_nothing_is_found_where_nothing_is(searched: Searched) -> None:
    for words in ("bucket", "", "!?"):
        assert await searched.find(words) == ResourcePage(hits=[], total=0)


async def test_names_come_before_fields_and_the_exact_name_first(searched: Searched) -> None:
    await searched.publish("platform/gcp", storage_bucket={}, bucket={}, database={"fields": ("backup_bucket",)})
    await searched.publish("acme/s3", copy={"about": "Copies a bucket."})
    assert await searched.names("Bucket") == [
        "platform/gcp@1.0.0/bucket",
        "platform/gcp@1.0.0/storage_bucket",
        "acme/s3@1.0.0/copy",
        "platform/gcp@1.0.0/database",
    ]
    assert await searched.names("stor buck") == ["platform/gcp@1.0.0/storage_bucket"]
    assert await searched.names("ucket") == []


async def test_what_matched_is_told(searched: Searched) -> None:
    fields = ("lifecycle_rule", "location", "rule")
    await searched.publish("platform/gcp", bucket={"about": "A storage\nbucket.", "fields": fields})
    [hit] = (await searched.find("lifecycle_rule")).hits
    assert hit.entry.matching_fields(Query.parse("lifecycle_rule")) == ("lifecycle_rule", "rule")
    assert hit.entry.matching_fields(Query.parse("bucket location")) == ("location",)
    assert hit.entry.summary == "A storage bucket."
    assert hit.metadata == some_metadata()


async def test_only_resource_types_of_the_latest_version_are_found(searched: Searched) -> None:
    await searched.publish("platform/gcp", "1.0.0", bucket={}, old={})
    await searched.publish("platform/gcp", "2.0.0", bucket={}, fresh={})
    await searched.publish("platform/gcp", "1.5.0", backported={})
    await searched.publish("platform/gcp", "3.0.0-rc.1", candidate={})
    assert await searched.names("bucket") == ["platform/gcp@2.0.0/bucket"]
    for absent in ("old", "backported", "candidate"):
        assert await searched.names(absent) == []


async def test_a_yank_and_a_restore_change_what_is_found(searched: Searched) -> None:
    await searched.publish("platform/gcp", "1.0.0", bucket={}, old={})
    await searched.publish("platform/gcp", "2.0.0", bucket={}, fresh={})
    await searched.yank("platform/gcp", "2.0.0", bucket={}, fresh={})
    assert [await searched.names("bucket"), await searched.names("fresh")] == [["platform/gcp@1.0.0/bucket"], []]
    assert await searched.names("old") == ["platform/gcp@1.0.0/old"]
    await searched.yank("platform/gcp", "1.0.0", bucket={}, old={})
    assert await searched.names("bucket") == []
    restored = a_version("2.0.0", schemas=schemas_of(bucket={}, fresh={})).yank("broken", at=LATER).restore(at=LATER)
    await put(searched.store, restored)
    assert await searched.names("bucket") == ["platform/gcp@2.0.0/bucket"]


async def test_a_version_without_schemas_leaves_nothing_to_find(searched: Searched) -> None:
    await searched.publish("platform/gcp", "1.0.0", bucket={})
    await searched.publish("platform/gcp", "2.0.0")
    assert await searched.names("bucket") == []


async def test_so_many_as_are_asked_for_and_all_are_counted(searched: Searched) -> None:
    await searched.publish("platform/gcp", "1.0.0", **{f"bucket_{number}": {} for number in range(30)})
    page = await searched.find("bucket", limit=7)
    assert [len(page.hits), page.total] == [7, 30]


async def test_all_words_are_looked_for_however_common_each_is(searched: Searched) -> None:
    await searched.publish("platform/gcp", "1.0.0", **{f"bucket_{n}": {"fields": ("size",)} for n in range(20)})
    await searched.publish("platform/aws", bucket_copy={"fields": ("name",)}, policy={"about": "Of a bucket."})
    assert len(await searched.names("buck siz")) == 20
    assert await searched.names("bucket name") == ["platform/aws@1.0.0/bucket_copy"]
    assert await searched.names("of bucket") == ["platform/aws@1.0.0/policy"]
    assert await searched.names("size name") == []


@pytest.mark.hostile
@pytest.mark.parametrize(
    "words", ["a b c d e f g h i", "\U0001d4c2" * 300, "\ufdfa" * 64, "x" * 10_000, "'x':* | !y \\", "\x00", "ß" * 64]
)
async def test_a_search_is_answered_whatever_it_is_for(searched: Searched, words: str) -> None:
    await searched.publish("platform/gcp", bucket={})
    assert await searched.names(words) == []


@pytest.mark.hostile
async def test_of_very_many_the_best_are_found(searched: Searched) -> None:
    await searched.publish("platform/gcp", "1.0.0", **{f"bucket_{n}": {"about": "Common."} for n in range(400)})
    await searched.publish("platform/aws", common={})
    page = await searched.find("common", limit=100)
    assert page.hits[0].entry.resource_type == "common"
    assert [len(page.hits), page.total >= 100] == [100, True]


def test_an_entry_is_bounded_and_follows_the_definition_at_its_root() -> None:
    many: dict[str, object] = {f"f{number}": {} for number in range(1_000)}
    document = {"$ref": "#/$defs/Config", "$defs": {"Config": {"properties": many}}}
    entry = ResourceEntry.of(ResourceSchema("b", "gcp", "b", "word " * 3_000, CanonicalJson.of(document)))
    assert [len(entry.fields), len(entry.words) <= 400, len(entry.summary)] == [200, True, 300]
