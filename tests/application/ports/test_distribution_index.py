"""The contract of an index of distributions, kept by every adapter."""

from dataclasses import replace
from datetime import timedelta

import pytest
from packaging.utils import canonicalize_name

from adapters.memory.distributions import InMemoryDistributionIndex
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.distributions import PostgresDistributionIndex
from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreUnavailableError
from application.ports.distribution_index import DistributionIndex
from domain.distributions import IndexFile
from domain.errors import WheelProblem, WheelRefusedError
from domain.versions import ProviderVersion
from provider_registry_testing.writes import VersionStore
from tests.application.ports.test_provenance_store import FIRST, SECOND, admitted, publish
from tests.builders import NOW, a_building_version, a_proven_wheel, a_version, a_wheel_url
from tests.support.stores import put

LATER = NOW + timedelta(hours=1)
GCP = canonicalize_name("pragmatiks-gcp-provider")
Indexed = tuple[VersionStore, DistributionIndex]


@pytest.fixture(params=["memory", "postgres"])
def indexed(request: pytest.FixtureRequest) -> Indexed:
    if request.param == "memory":
        memory = InMemoryVersionRepository()
        return memory, InMemoryDistributionIndex(memory)
    database: Database = request.getfixturevalue("database")
    return PostgresVersionRepository(database), PostgresDistributionIndex(database)


def of_distribution(name: str, provider: str) -> ProviderVersion:
    wheel = replace(a_proven_wheel(), distribution=canonicalize_name(name))
    return replace(a_version(name=provider), wheel=wheel)


async def test_every_distribution_of_a_namespace_is_listed_once_and_in_order(indexed: Indexed) -> None:
    store, index = indexed
    assert await index.list_distributions("platform") == []
    for number, name in enumerate(["b", "a-b", "ab", "a", "b"]):
        await put(store, of_distribution(name, f"platform/p{number}"))
    await put(store, of_distribution("aa", "acme/p"), of_distribution("b", "acme/q"))
    assert await index.list_distributions("platform") == ["a", "a-b", "ab", "b"]
    assert await index.list_distributions("acme") == ["aa", "b"]
    assert await index.list_distributions("acm") == []


async def test_files_come_in_the_order_of_publication_and_from_one_namespace(indexed: Indexed) -> None:
    store, index = indexed
    await put(
        store,
        a_version("2.0.0", at=NOW),
        a_version("1.0.0", name="acme/gcp", at=LATER),
        a_version("3.0.0", name="platform/other", at=NOW + timedelta(minutes=1)).yank("broken", at=LATER),
        of_distribution("other", "platform/another"),
    )
    found = [(file.url, file.is_yanked) for file in await index.list_files("platform", GCP)]
    assert found == [(a_wheel_url("2.0.0").text, False), (a_wheel_url("3.0.0").text, True)]
    assert [file.url for file in await index.list_files("acme", GCP)] == [a_wheel_url("1.0.0").text]
    assert await index.list_files("platform", canonicalize_name("unknown")) == []


async def test_versions_that_are_not_public_stay_hidden(indexed: Indexed) -> None:
    store, index = indexed
    refusal = WheelRefusedError(WheelProblem.DIGEST_MISMATCH, "the bytes differ")
    await put(store, a_building_version("1.0.0"), a_building_version("2.0.0").fail(refusal, at=LATER))
    assert (await index.list_distributions("platform"), await index.list_files("platform", GCP)) == ([], [])


async def test_a_file_says_what_installers_ask(indexed: Indexed) -> None:
    store, index = indexed
    version, wheel = a_version("1.0.0"), a_proven_wheel()
    await put(store, version.yank("broken", at=LATER))
    assert await index.list_files("platform", GCP) == [
        IndexFile(
            filename=wheel.filename,
            url=version.announcement.wheel_url.text,
            sha256=wheel.sha256.hex,
            size=wheel.size,
            requires_python=">=3.11",
            published_at=NOW,
            is_yanked=True,
            yanked_reason="broken",
        )
    ]


async def test_a_file_says_of_which_version_it_has_attestations(indexed: Indexed) -> None:
    store, index = indexed
    attested, other = a_version("1.0.0"), a_version("2.0.0", at=LATER)
    await publish(store, attested, admitted(FIRST, SECOND))
    await put(store, other)

    found = await index.list_files("platform", GCP)

    assert [file.attested for file in found] == [(attested.name, attested.version), None]


async def test_an_outage_reaches_the_index() -> None:
    memory = InMemoryVersionRepository()
    memory.unavailable = True
    database = Database("postgresql://registry@127.0.0.1:1/registry")
    for index in (InMemoryDistributionIndex(memory), PostgresDistributionIndex(database)):
        for work in (index.list_distributions("platform"), index.list_files("platform", GCP)):
            with pytest.raises(StoreUnavailableError):
                await work
    await database.dispose()
