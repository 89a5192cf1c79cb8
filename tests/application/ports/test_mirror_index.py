"""The contract of what knows which wheels are mirrored, kept by every adapter."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.memory.wheel_mirror import InMemoryMirrorIndex
from adapters.postgres.engine import Database
from adapters.postgres.mirror_index import PostgresMirrorIndex
from adapters.postgres.version_repository import PostgresVersionRepository
from application.ports.mirror_index import MirrorIndex
from domain.errors import WheelProblem, WheelRefusedError
from domain.mirror import MirroredWheel
from domain.versions import ProviderVersion
from domain.wheel.file import Sha256Digest
from provider_registry_testing.writes import VersionStore
from tests.builders import NOW, a_building_version, a_proven_wheel, a_version
from tests.support.postgres_sessions import holding
from tests.support.stores import put

Indexed = tuple[VersionStore, MirrorIndex]
LATER = NOW + timedelta(hours=1)


@pytest.fixture(params=["memory", "postgres"])
def indexed(request: pytest.FixtureRequest) -> Indexed:
    if request.param == "memory":
        memory = InMemoryVersionRepository()
        return memory, InMemoryMirrorIndex(memory)
    database = request.getfixturevalue("database")
    return PostgresVersionRepository(database), PostgresMirrorIndex(database)


def digest(letter: str) -> Sha256Digest:
    return Sha256Digest(letter * 64)


def with_wheel(version: ProviderVersion, letter: str) -> ProviderVersion:
    return replace(version, wheel=replace(a_proven_wheel(), sha256=digest(letter)))


def mirrored(letter: str) -> MirroredWheel:
    return MirroredWheel(sha256=digest(letter), size=5, metadata_sha256=digest("e"), metadata_size=7)


def filename(version: ProviderVersion) -> str:
    assert version.wheel is not None
    return version.wheel.filename


async def test_a_copy_is_found_by_its_digest_and_the_file_name_of_a_public_version(indexed: Indexed) -> None:
    store, index = indexed
    version = with_wheel(a_version(), "a")
    await index.add(mirrored("a"), at=NOW)
    assert await index.find(digest("a"), filename(version)) is None
    await put(store, version)
    assert await index.find(digest("a"), filename(version)) == mirrored("a")
    assert await index.find(digest("a"), "other-1.0.0-py3-none-any.whl") is None
    assert await index.find(digest("b"), filename(version)) is None
    await put(store, version.yank("broken", at=LATER))
    assert await index.find(digest("a"), filename(version)) == mirrored("a")


async def test_a_version_shows_whether_there_is_a_copy(indexed: Indexed) -> None:
    store, index = indexed
    version = with_wheel(a_version(), "a")
    await put(store, version)
    for is_mirrored in (False, True):
        found, latest = await store.find(version.name, version.version), await store.find_latest(version.name)
        assert [each and each.wheel and each.wheel.is_mirrored for each in (found, latest)] == [is_mirrored] * 2
        await index.add(mirrored("a"), at=NOW)


async def test_wheels_without_a_copy_are_listed_once_in_the_order_of_their_digests(indexed: Indexed) -> None:
    store, index = indexed
    failed = a_building_version(name="platform/failed").fail(WheelRefusedError(WheelProblem.NOT_FOUND, "gone"), at=NOW)
    await put(
        store,
        with_wheel(a_version("2.0.0"), "c"),
        with_wheel(a_version("1.0.0", name="acme/gcp"), "a"),
        with_wheel(a_version("1.0.0", name="acme/same"), "a"),
        with_wheel(a_version("1.0.0", name="acme/yanked"), "b").yank("broken", at=LATER),
        with_wheel(a_version("1.0.0", name="acme/kept"), "d"),
        failed,
    )
    await index.add(mirrored("d"), at=NOW)
    missing = await index.list_missing(after=None, limit=10)
    assert [wheel.sha256 for wheel in missing] == [digest(letter) for letter in "abc"]
    assert (missing[2].provider.canonical, missing[2].version.text) == ("platform/gcp", "2.0.0")
    assert [wheel.sha256 for wheel in await index.list_missing(after=digest("a"), limit=1)] == [digest("b")]
    assert await index.list_missing(after=digest("c"), limit=10) == []


async def test_copies_are_verified_in_the_order_of_their_last_verification(indexed: Indexed) -> None:
    store, index = indexed
    for number, letter in enumerate("abc"):
        await put(store, with_wheel(a_version(name=f"platform/p{letter}"), letter))
        await index.add(mirrored(letter), at=NOW - timedelta(days=number))
    await index.add(mirrored("d"), at=NOW - timedelta(days=9))  # of no version
    due = await index.list_verified_before(NOW, limit=10)
    assert [(copy.sha256, wheel.provider.name) for copy, wheel in due] == [(digest("c"), "pc"), (digest("b"), "pb")]
    await index.add(mirrored("c"), at=LATER)
    assert [copy.sha256 for copy, _ in await index.list_verified_before(NOW, limit=10)] == [digest("b")]
    assert len(await index.list_verified_before(LATER + timedelta(days=1), limit=1)) == 1


async def test_only_a_copy_of_no_public_version_is_forgotten(indexed: Indexed) -> None:
    store, index = indexed
    version = with_wheel(a_version(), "a")
    await put(store, version)
    for letter in "ab":
        await index.add(mirrored(letter), at=NOW)
    recent = [await index.remove_unregistered(digest(letter), before=NOW) for letter in "ab"]
    assert recent == [False, False]  # a registration under way may just have recorded it
    old = [await index.remove_unregistered(digest(letter), before=LATER) for letter in "abc"]
    assert old == [False, True, True]
    assert await index.find(digest("a"), filename(version)) == mirrored("a")
    await put(store, with_wheel(a_version(name="platform/other"), "b"))
    assert [wheel.sha256 for wheel in await index.list_missing(after=None, limit=10)] == [digest("b")]


async def test_readers_of_files_leave_connections_to_others(database: Database, shared_database_dsn: str) -> None:
    store, index = PostgresVersionRepository(database), PostgresMirrorIndex(database)
    await put(store, a_version())
    with holding(shared_database_dsn, "LOCK TABLE mirrored_wheels IN ACCESS EXCLUSIVE MODE"):
        reads = [asyncio.create_task(index.find(digest("a"), "no.whl")) for _ in range(50)]
        await asyncio.sleep(0)
        assert (await store.load(a_version().name, a_version().version)).version is not None
    assert set(await asyncio.gather(*reads)) == {None}
