"""The contract of a version store, kept by every adapter."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.memory.version_store import InMemoryVersionStore
from application.ports.version_store import Change, Stored, VersionStore
from domain.canonical_json import CanonicalJson
from domain.catalog import CatalogMetadata
from domain.digests import Sha256Digest
from domain.errors import IllegalTransitionError, StoreUnavailableError, WheelFault, WheelRefusedError
from domain.schemas import ResourceSchema, ResourceSchemas
from domain.semver import SemVer
from domain.versions import ProviderVersion, VersionStatus
from tests.builders import NOW, a_building_version, a_name, a_proven_wheel, a_version, some_metadata
from tests.support.stores import EVERY_METHOD, put, writing

LATER = NOW + timedelta(hours=1)
REFUSAL = WheelRefusedError(WheelFault.DIGEST_MISMATCH, "the bytes differ")


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> VersionStore:
    if request.param == "memory":
        return InMemoryVersionStore()
    chosen: VersionStore = request.getfixturevalue("postgres_store")
    return chosen


def numbers(versions: Sequence[ProviderVersion]) -> list[str]:
    return [version.version.text for version in versions]


def a_full_version() -> ProviderVersion:
    document = CanonicalJson.of({"ü\u2028": [1e-7, 10**300, "\\u0000", None, {"b": 1, "a": "'\"\t"}], "": 0.1})
    schemas = ResourceSchemas.of(
        {
            "bucket": ResourceSchema("bucket", "gcp", "storage/bucket", "Keeps\nobjects €", document, document),
            "empty": ResourceSchema("empty", "gcp", "empty", "", CanonicalJson.of({}), CanonicalJson.of(None)),
            "bare": ResourceSchema("bare", "gcp", "bare"),
        }
    )
    version = a_version(
        "1.2.3-rc.1+build.7",
        sha256=Sha256Digest("a" * 64),
        package_name="gcp_provider",
        entrypoint=("python", "-m", "gcp provider", '"{}\\', ""),
        schemas=schemas,
        config_schema=document,
        outputs_schema=CanonicalJson.of([]),
        changelog="# Änderungen\r\n\t¶ 'quoted' \\ {curly}, \u2028 and \U0001f600",
    )
    return replace(version, source_hash="legacy")


def a_bare_version() -> ProviderVersion:
    wheel = replace(a_proven_wheel(package_name=None), requires_python=None, summary=None)
    return a_building_version("1.0.0").publish(wheel, at=NOW)


@pytest.mark.parametrize(
    "version",
    [
        a_full_version(),
        a_bare_version(),
        a_version("1.0.0", changelog="", package_name=None),
        a_version("1.0.0").yank("leaks\nsecrets", at=LATER),
        a_version("1.0.0").yank("", at=LATER),
        a_version("1.0.0").yank("by mistake", at=LATER).restore(at=LATER),
        a_version("1.0.0", at=datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
    ids=["full", "bare", "empty texts", "yanked", "yanked without words", "restored", "last microsecond"],
)
async def test_a_public_version_comes_back_as_it_was(store: VersionStore, version: ProviderVersion) -> None:
    after = await store.update(version.name, version.version, writing(version))
    assert after.version == version
    assert (await store.look(version.name, version.version)).version == version
    assert await store.find(version.name, version.version) == version


@pytest.mark.parametrize("version", [a_building_version(), a_building_version().fail(REFUSAL, at=LATER)])
async def test_a_version_that_is_not_public_comes_back_to_writers_only(
    store: VersionStore, version: ProviderVersion
) -> None:
    await put(store, version)
    stored = await store.look(version.name, version.version)
    assert stored.version == version
    assert stored.newest is None
    assert await store.find(version.name, version.version) is None
    assert await store.find_latest(version.name) is None
    assert await store.list_versions(version.name) == []


async def test_schemas_come_back_byte_for_byte(store: VersionStore) -> None:
    version = a_full_version()
    await put(store, version)
    found = await store.find(version.name, version.version)
    assert found is not None
    assert found.announcement.schemas is not None
    assert version.announcement.schemas is not None
    texts = [schema.config_schema.text for schema in version.announcement.schemas if schema.config_schema]
    assert [schema.config_schema.text for schema in found.announcement.schemas if schema.config_schema] == texts


async def test_times_come_back_in_utc(store: VersionStore) -> None:
    await put(store, a_version("1.0.0"))
    found = await store.find(a_name(), SemVer.parse("1.0.0"))
    assert found is not None
    assert found.created_at.utcoffset() == timedelta(0)
    assert found.created_at.isoformat() == NOW.isoformat()


async def test_nothing_is_found_where_nothing_was_written(store: VersionStore) -> None:
    name, version = a_name("platform/unknown"), SemVer.parse("1.0.0")
    assert await store.look(name, version) == Stored(provider=None, version=None, newest=None)
    assert await store.find(name, version) is None
    assert await store.find_latest(name) is None
    assert await store.list_versions(name) == []


async def test_versions_of_other_names_and_numbers_stay_apart(store: VersionStore) -> None:
    await put(store, a_version("1.0.0", name="platform/a"), a_version("1.0.0", name="acme/a"))
    assert await store.find(a_name("platform/b"), SemVer.parse("1.0.0")) is None
    assert await store.find(a_name("platform/a"), SemVer.parse("1.0.0+build")) is None
    mine = await store.find(a_name("acme/a"), SemVer.parse("1.0.0"))
    assert mine is not None
    assert mine.name == a_name("acme/a")


async def test_lists_are_newest_first_by_precedence(store: VersionStore) -> None:
    newest_first = [
        "10.0.0",
        "2.0.0",
        "2.0.0-rc.11",
        "2.0.0-rc.2",
        "2.0.0-rc",
        "2.0.0-alpha.beta",
        "2.0.0-alpha.1",
        "2.0.0-2",
        "1.10.0+b",
        "1.10.0+a",
        "1.10.0",
        "1.9.0",
    ]
    scrambled = sorted(newest_first)
    await put(store, *(published(number) for number in scrambled))
    await put(store, a_building_version("11.0.0").fail(REFUSAL, at=LATER), a_building_version("12.0.0"))
    assert numbers(await store.list_versions(a_name())) == newest_first


def published(number: str) -> ProviderVersion:
    """Build a version whose number need not have a PEP 440 equal."""
    return replace(a_version("1.0.0"), version=SemVer.parse(number))


async def test_lists_leave_the_schemas_out_and_keep_the_rest(store: VersionStore) -> None:
    version = a_full_version()
    await put(store, version)
    without = replace(version.announcement, schemas=None, config_schema=None, outputs_schema=None)
    assert await store.list_versions(version.name) == [replace(version, announcement=without)]


async def test_lists_show_yanked_versions(store: VersionStore) -> None:
    await put(store, a_version("1.0.0").yank("broken", at=LATER))
    assert [version.status for version in await store.list_versions(a_name())] == [VersionStatus.YANKED]


@pytest.mark.parametrize(
    ("published_numbers", "yanked_numbers", "expected"),
    [
        (["1.0.0", "10.0.0", "9.0.0"], [], "10.0.0"),
        (["1.0.0", "2.0.0-rc.1"], [], "1.0.0"),
        (["2.0.0-rc.1", "2.0.0-rc.2"], [], "2.0.0-rc.2"),
        (["1.0.0"], ["2.0.0"], "1.0.0"),
        (["2.0.0-rc.1"], ["1.0.0"], "2.0.0-rc.1"),
        ([], ["1.0.0"], None),
        (["1.0.0", "1.0.0+b", "1.0.0+a"], [], "1.0.0+b"),
    ],
)
async def test_latest_is_the_highest_installable_stable_version(
    store: VersionStore, published_numbers: list[str], yanked_numbers: list[str], expected: str | None
) -> None:
    await put(store, *(published(number) for number in published_numbers))
    await put(store, *(published(number).yank("broken", at=LATER) for number in yanked_numbers))
    await put(store, a_building_version("99.0.0"), a_building_version("98.0.0").fail(REFUSAL, at=LATER))
    found = await store.find_latest(a_name())
    assert (found.version.text if found else None) == expected


async def test_latest_comes_with_its_schemas(store: VersionStore) -> None:
    version = a_full_version()
    await put(store, version)
    assert await store.find_latest(version.name) == version


async def test_newest_counts_yanked_and_pre_release_versions_but_no_failed_ones(store: VersionStore) -> None:
    await put(store, a_version("1.0.0"), a_version("2.0.0-rc.1").yank("broken", at=LATER))
    await put(store, a_building_version("3.0.0").fail(REFUSAL, at=LATER))
    stored = await store.look(a_name(), SemVer.parse("1.0.0"))
    assert stored.newest == SemVer.parse("2.0.0-rc.1")


async def test_the_state_after_an_update_includes_it(store: VersionStore) -> None:
    version = a_version("1.0.0")
    after = await store.update(version.name, version.version, writing(version, some_metadata()))
    assert after.version == version
    assert after.newest == version.version
    assert after.provider is not None
    assert after.provider.metadata == some_metadata()
    assert await store.look(version.name, version.version) == after


async def test_a_provider_starts_with_its_first_version_and_without_metadata(store: VersionStore) -> None:
    await put(store, a_building_version().fail(REFUSAL, at=LATER))
    provider = (await store.look(a_name(), SemVer.parse("9.9.9"))).provider
    assert provider is not None
    assert provider.name == a_name()
    assert provider.metadata is None
    assert provider.created_at == LATER


@pytest.mark.parametrize("metadata", [some_metadata(), some_metadata(icon_url=None, tags=(), description="")])
async def test_metadata_comes_back_as_it_was(store: VersionStore, metadata: CatalogMetadata) -> None:
    version = a_version("1.0.0")
    await store.update(version.name, version.version, writing(version, metadata))
    provider = (await store.look(version.name, version.version)).provider
    assert provider is not None
    assert provider.metadata == metadata


async def test_later_metadata_replaces_all_of_the_earlier(store: VersionStore) -> None:
    version = a_version("1.0.0")
    await store.update(version.name, version.version, writing(version, some_metadata()))
    bare = some_metadata(display_name="GCP", icon_url=None, tags=())
    after = await store.update(version.name, version.version, writing(metadata=bare))
    assert after.provider is not None
    assert after.provider.metadata == bare
    assert after.provider.created_at == NOW
    assert after.provider.updated_at > NOW
    assert after.version == version


async def test_a_version_without_metadata_keeps_what_is_known(store: VersionStore) -> None:
    first, second = a_version("1.0.0"), a_version("1.1.0", at=LATER)
    await store.update(first.name, first.version, writing(first, some_metadata()))
    after = await store.update(second.name, second.version, writing(second))
    assert after.provider is not None
    assert after.provider.metadata == some_metadata()
    assert after.provider.created_at == NOW
    assert after.provider.updated_at == LATER


async def test_a_failed_version_does_not_show_in_the_times_of_its_provider(store: VersionStore) -> None:
    first = a_version("1.0.0")
    await put(store, first, a_building_version("1.1.0").fail(REFUSAL, at=LATER))
    provider = (await store.look(first.name, first.version)).provider
    assert provider is not None
    assert provider.updated_at == NOW


async def test_a_decision_sees_what_is_stored(store: VersionStore) -> None:
    version = a_version("1.0.0")
    await store.update(version.name, version.version, writing(version, some_metadata()))
    seen: list[Stored] = []

    def decide(stored: Stored) -> Change:
        seen.append(stored)
        return Change()

    after = await store.update(version.name, version.version, decide)
    assert seen == [await store.look(version.name, version.version)]
    assert after == seen[0]


async def test_an_empty_decision_writes_nothing(store: VersionStore) -> None:
    after = await store.update(a_name(), SemVer.parse("1.0.0"), writing())
    assert after == Stored(provider=None, version=None, newest=None)
    assert await store.look(a_name(), SemVer.parse("1.0.0")) == after


class ChangedMindError(Exception):
    """Raised by a decision."""


@pytest.mark.parametrize("error", [ChangedMindError("no"), TimeoutError("mine"), OSError("mine"), KeyError("mine")])
async def test_what_a_decision_raises_passes_through_and_nothing_is_written(
    store: VersionStore, error: Exception
) -> None:
    def decide(_: Stored) -> Change:
        raise error

    with pytest.raises(type(error)) as raised:
        await store.update(a_name(), SemVer.parse("1.0.0"), decide)
    assert raised.value is error
    assert (await store.look(a_name(), SemVer.parse("1.0.0"))).provider is None


async def test_a_refused_change_leaves_what_was_there(store: VersionStore) -> None:
    version = a_version("1.0.0")
    await put(store, version)

    def decide(stored: Stored) -> Change:
        assert stored.version is not None
        return Change(version=stored.version.restore(at=LATER))

    with pytest.raises(IllegalTransitionError):
        await store.update(version.name, version.version, decide)
    assert await store.find(version.name, version.version) == version


async def test_a_decision_may_only_write_the_version_it_was_asked_about(store: VersionStore) -> None:
    with pytest.raises(ValueError, match=r"2\.0\.0"):
        await store.update(a_name(), SemVer.parse("1.0.0"), writing(a_version("2.0.0")))
    assert (await store.look(a_name(), SemVer.parse("2.0.0"))).provider is None


async def test_a_failed_version_is_replaced_by_its_successor(store: VersionStore) -> None:
    failed = a_building_version("1.0.0", package_name="wrong").fail(REFUSAL, at=NOW)
    await put(store, failed)

    def decide(stored: Stored) -> Change:
        assert stored.version is not None
        again = stored.version.rebuild(
            a_version("1.0.0").announcement, runtime_version="3.0.0", registered_by="mch_other", at=LATER
        )
        return Change(version=again.publish(a_proven_wheel(), at=LATER))

    await store.update(failed.name, failed.version, decide)
    found = await store.find(failed.name, failed.version)
    assert found is not None
    assert found.status is VersionStatus.PUBLISHED
    assert found.created_at == NOW
    assert found.error_message is None
    assert found.announcement.package_name is None
    assert numbers(await store.list_versions(failed.name)) == ["1.0.0"]


async def test_of_twenty_first_writers_exactly_one_finds_nothing(store: VersionStore) -> None:
    writers = [replace(a_version("1.0.0"), registered_by=f"mch_{number}") for number in range(20)]
    won: list[str] = []

    async def register(version: ProviderVersion) -> None:
        mine = False

        def decide(stored: Stored) -> Change:
            nonlocal mine
            mine = stored.version is None
            return Change(version=version) if mine else Change()

        await store.update(version.name, version.version, decide)
        if mine:
            won.append(version.registered_by)

    await asyncio.gather(*(register(version) for version in writers))
    found = await store.find(a_name(), SemVer.parse("1.0.0"))
    assert found is not None
    assert won == [found.registered_by]


async def test_twenty_writers_of_different_versions_all_land(store: VersionStore) -> None:
    versions = [a_version(f"1.{minor}.0") for minor in range(20)]
    await asyncio.gather(*(put(store, version) for version in versions))
    assert numbers(await store.list_versions(a_name())) == [f"1.{minor}.0" for minor in reversed(range(20))]


async def test_racing_writers_of_one_version_lose_no_update(store: VersionStore) -> None:
    await put(store, replace(a_version("1.0.0"), registered_by="0"))

    def count(stored: Stored) -> Change:
        assert stored.version is not None
        return Change(version=replace(stored.version, registered_by=str(int(stored.version.registered_by) + 1)))

    await asyncio.gather(*(store.update(a_name(), SemVer.parse("1.0.0"), count) for _ in range(20)))
    found = await store.find(a_name(), SemVer.parse("1.0.0"))
    assert found is not None
    assert found.registered_by == "20"


async def test_racing_writers_agree_on_the_newest_version(store: VersionStore) -> None:
    newest: list[SemVer | None] = []

    async def register(version: ProviderVersion) -> None:
        newest.append((await store.update(version.name, version.version, writing(version))).newest)

    await asyncio.gather(*(register(a_version(f"1.{minor}.0")) for minor in range(10)))
    assert max(seen for seen in newest if seen) == SemVer.parse("1.9.0")
    assert newest == sorted(newest, key=str)


async def test_a_store_that_can_serve_passes_its_check(store: VersionStore) -> None:
    await store.check()


async def test_an_outage_acted_out_in_memory_reaches_every_method() -> None:
    store = InMemoryVersionStore()
    await put(store, a_version("1.0.0"))
    store.unavailable = True
    for method in EVERY_METHOD.values():
        with pytest.raises(StoreUnavailableError):
            await method(store)
    store.unavailable = False
    assert numbers(await store.list_versions(a_name())) == ["1.0.0"]
