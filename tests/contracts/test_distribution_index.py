"""The contract of an index of distributions, kept by every adapter."""

from dataclasses import replace
from datetime import timedelta

import pytest
from packaging.utils import canonicalize_name

from adapters.memory.distribution_index import InMemoryDistributionIndex
from adapters.memory.version_store import InMemoryVersionStore
from adapters.postgres.database import Database
from adapters.postgres.distribution_index import PostgresDistributionIndex
from adapters.postgres.store import PostgresVersionStore
from application.ports.distribution_index import DistributionIndex
from application.ports.version_store import VersionStore
from domain.canonical_json import CanonicalJson
from domain.errors import StoreUnavailableError, WheelFault, WheelRefusedError
from domain.versions import ProviderVersion
from tests.builders import NOW, a_building_version, a_proven_wheel, a_version
from tests.support.stores import put

LATER = NOW + timedelta(hours=1)
GCP = canonicalize_name("pragmatiks-gcp-provider")
Indexed = tuple[VersionStore, DistributionIndex]


@pytest.fixture(params=["memory", "postgres"])
def indexed(request: pytest.FixtureRequest) -> Indexed:
    if request.param == "memory":
        memory = InMemoryVersionStore()
        return memory, InMemoryDistributionIndex(memory)
    database: Database = request.getfixturevalue("database")
    return PostgresVersionStore(database), PostgresDistributionIndex(database)


def of_distribution(name: str, provider: str) -> ProviderVersion:
    wheel = replace(a_proven_wheel(), distribution=canonicalize_name(name))
    return replace(a_version(name=provider), wheel=wheel)


async def test_every_distribution_is_listed_once_and_in_order(indexed: Indexed) -> None:
    store, index = indexed
    assert await index.list_distributions() == []
    for number, name in enumerate(["b", "a-b", "ab", "a", "b"]):
        await put(store, of_distribution(name, f"platform/p{number}"))
    assert await index.list_distributions() == ["a", "a-b", "ab", "b"]


async def test_versions_of_a_distribution_come_in_the_order_of_publication(indexed: Indexed) -> None:
    store, index = indexed
    await put(
        store,
        a_version("2.0.0", at=NOW),
        a_version("1.0.0", name="acme/gcp", at=LATER),
        a_version("3.0.0", at=NOW + timedelta(minutes=1)).yank("broken", at=LATER),
        of_distribution("other", "platform/other"),
    )
    found = [(each.name.canonical, each.version.text) for each in await index.versions_of(GCP)]
    assert found == [("platform/gcp", "2.0.0"), ("platform/gcp", "3.0.0"), ("acme/gcp", "1.0.0")]
    assert await index.versions_of(canonicalize_name("unknown")) == []


async def test_versions_that_are_not_public_stay_hidden(indexed: Indexed) -> None:
    store, index = indexed
    refusal = WheelRefusedError(WheelFault.DIGEST_MISMATCH, "the bytes differ")
    await put(store, a_building_version("1.0.0"), a_building_version("2.0.0").fail(refusal, at=LATER))
    assert (await index.list_distributions(), await index.versions_of(GCP)) == ([], [])


async def test_files_are_shown_as_lists_show_versions(indexed: Indexed) -> None:
    store, index = indexed
    await put(store, a_version("1.0.0", config_schema=CanonicalJson.of({"type": "object"})))
    assert list(await index.versions_of(GCP)) == list(await store.list_versions(a_version().name))


async def test_an_outage_reaches_the_index() -> None:
    memory = InMemoryVersionStore()
    memory.unavailable = True
    database = Database("postgresql://registry@127.0.0.1:1/registry")
    for index in (InMemoryDistributionIndex(memory), PostgresDistributionIndex(database)):
        for work in (index.list_distributions(), index.versions_of(GCP)):
            with pytest.raises(StoreUnavailableError):
                await work
    await database.dispose()
