"""What version stores promise about updates."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from application.ports.version_repository import Decide
from domain.catalog import CatalogMetadata
from domain.errors import IllegalTransitionError, WheelProblem, WheelRefusedError
from domain.semver import SemVer
from domain.version_state import VersionSnapshot
from domain.versions import ProviderVersion, VersionStatus
from provider_registry_testing.builders import NOW, a_building_version, a_name, a_proven_wheel, a_version, some_metadata
from provider_registry_testing.writes import Decided, VersionStore, numbers, put, writing

ONE = SemVer.parse("1.0.0")
LATER = NOW + timedelta(hours=1)
REFUSAL = WheelRefusedError(WheelProblem.DIGEST_MISMATCH, "the bytes differ")
FAILURE = a_building_version("1.0.0").fail(REFUSAL, at=NOW)
ANOTHER_FAILURE = a_building_version("1.0.0", package_name="wrong").fail(REFUSAL, at=NOW)
OTHER = replace(a_version("1.0.0"), registered_by="mch_other")


class ChangedMindError(Exception):
    """Raised by a decision."""


class UpdatesContract:
    """What version stores promise about updates."""

    async def test_the_state_after_an_update_includes_it(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        after = await store.update(version.name, version.version, writing(version, some_metadata()))
        assert after.version == version
        assert after.newest == version.version
        assert after.provider is not None
        assert after.provider.metadata == some_metadata()
        assert await store.load(version.name, version.version) == after

    async def test_a_provider_starts_with_its_first_version_and_without_metadata(self, store: VersionStore) -> None:
        await put(store, a_building_version().fail(REFUSAL, at=LATER))
        provider = (await store.load(a_name(), SemVer.parse("9.9.9"))).provider
        assert provider is not None
        assert provider.name == a_name()
        assert provider.metadata is None
        assert provider.created_at == LATER

    @pytest.mark.parametrize("metadata", [some_metadata(), some_metadata(icon_url=None, tags=(), description="")])
    async def test_metadata_comes_back_as_it_was(self, store: VersionStore, metadata: CatalogMetadata) -> None:
        version = a_version("1.0.0")
        await store.update(version.name, version.version, writing(version, metadata))
        provider = (await store.load(version.name, version.version)).provider
        assert provider is not None
        assert provider.metadata == metadata

    async def test_later_metadata_replaces_all_of_the_earlier(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        await store.update(version.name, version.version, writing(version, some_metadata()))
        bare = some_metadata(display_name="GCP", icon_url=None, tags=())
        after = await store.update(version.name, version.version, writing(metadata=bare, at=LATER))
        assert after.provider is not None
        assert after.provider.metadata == bare
        assert after.provider.created_at == NOW
        assert after.provider.updated_at == LATER
        assert after.version == version

    async def test_a_version_without_metadata_keeps_what_is_known(self, store: VersionStore) -> None:
        first, second = a_version("1.0.0"), a_version("1.1.0", at=LATER)
        await store.update(first.name, first.version, writing(first, some_metadata()))
        after = await store.update(second.name, second.version, writing(second))
        assert after.provider is not None
        assert after.provider.metadata == some_metadata()
        assert after.provider.created_at == NOW
        assert after.provider.updated_at == LATER

    async def test_a_failed_version_does_not_show_in_the_times_of_its_provider(self, store: VersionStore) -> None:
        first = a_version("1.0.0")
        await put(store, first, a_building_version("1.1.0").fail(REFUSAL, at=LATER))
        provider = (await store.load(first.name, first.version)).provider
        assert provider is not None
        assert provider.updated_at == NOW

    async def test_a_decision_sees_what_is_stored(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        await store.update(version.name, version.version, writing(version, some_metadata()))
        seen: list[VersionSnapshot] = []

        def decide(stored: VersionSnapshot) -> Decided:
            seen.append(stored)
            return writing()(stored)

        after = await store.update(version.name, version.version, decide)
        assert seen == [await store.load(version.name, version.version)]
        assert after == seen[0]

    async def test_an_empty_decision_writes_nothing(self, store: VersionStore) -> None:
        after = await store.update(a_name(), SemVer.parse("1.0.0"), writing())
        assert after == VersionSnapshot()
        assert await store.load(a_name(), SemVer.parse("1.0.0")) == after

    @pytest.mark.parametrize("error", [ChangedMindError("no"), TimeoutError("mine"), OSError("mine"), KeyError("mine")])
    async def test_what_a_decision_raises_passes_through_and_nothing_is_written(
        self, store: VersionStore, error: Exception
    ) -> None:
        def decide(_: VersionSnapshot) -> Decided:
            raise error

        with pytest.raises(type(error)) as raised:
            await store.update(a_name(), SemVer.parse("1.0.0"), decide)
        assert raised.value is error
        assert (await store.load(a_name(), SemVer.parse("1.0.0"))).provider is None

    async def test_a_refused_change_leaves_what_was_there(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        await put(store, version)

        def decide(stored: VersionSnapshot) -> Decided:
            assert stored.version is not None
            return writing(stored.version.restore(at=LATER))(stored)

        with pytest.raises(IllegalTransitionError):
            await store.update(version.name, version.version, decide)
        assert await store.find(version.name, version.version) == version

    async def test_a_decision_may_only_write_the_version_it_was_asked_about(self, store: VersionStore) -> None:
        with pytest.raises(ValueError, match=r"2\.0\.0"):
            await store.update(a_name(), SemVer.parse("1.0.0"), writing(a_version("2.0.0")))
        assert (await store.load(a_name(), SemVer.parse("2.0.0"))).provider is None

    async def test_a_failed_version_is_replaced_by_its_successor(self, store: VersionStore) -> None:
        failed = a_building_version("1.0.0", package_name="wrong").fail(REFUSAL, at=NOW)
        await put(store, failed)

        def decide(stored: VersionSnapshot) -> Decided:
            assert stored.version is not None
            again = stored.version.rebuild(
                a_version("1.0.0").announcement, runtime_version="3.0.0", registered_by="mch_other", at=LATER
            )
            return writing(again.publish(a_proven_wheel(), at=LATER))(stored)

        await store.update(failed.name, failed.version, decide)
        found = await store.find(failed.name, failed.version)
        assert found is not None
        assert found.status is VersionStatus.PUBLISHED
        assert found.created_at == NOW
        assert found.error_message is None
        assert found.announcement.package_name is None
        assert numbers(await store.list_versions(failed.name)) == ["1.0.0"]

    async def test_of_twenty_first_writers_exactly_one_finds_nothing(self, store: VersionStore) -> None:
        writers = [replace(a_version("1.0.0"), registered_by=f"mch_{number}") for number in range(20)]
        won: list[str] = []

        async def register(version: ProviderVersion) -> None:
            mine = False

            def decide(stored: VersionSnapshot) -> Decided:
                nonlocal mine
                mine = stored.version is None
                return writing(version)(stored) if mine else writing()(stored)

            await store.update(version.name, version.version, decide)
            if mine:
                won.append(version.registered_by)

        await asyncio.gather(*(register(version) for version in writers))
        found = await store.find(a_name(), SemVer.parse("1.0.0"))
        assert found is not None
        assert won == [found.registered_by]

    async def test_twenty_writers_of_different_versions_all_land(self, store: VersionStore) -> None:
        versions = [a_version(f"1.{minor}.0") for minor in range(20)]
        await asyncio.gather(*(put(store, version) for version in versions))
        assert numbers(await store.list_versions(a_name())) == [f"1.{minor}.0" for minor in reversed(range(20))]

    async def test_racing_writers_of_one_version_lose_no_update(self, store: VersionStore) -> None:
        await put(store, replace(a_version("1.0.0"), registered_by="0"))

        def count(stored: VersionSnapshot) -> Decided:
            assert stored.version is not None
            counted = replace(stored.version, registered_by=str(int(stored.version.registered_by) + 1))
            return writing(counted)(stored)

        await asyncio.gather(*(store.update(a_name(), SemVer.parse("1.0.0"), count) for _ in range(20)))
        found = await store.find(a_name(), SemVer.parse("1.0.0"))
        assert found is not None
        assert found.registered_by == "20"

    @pytest.mark.parametrize(
        ("before", "meanwhile"),
        [
            ([], writing(OTHER)),
            ([], writing(ANOTHER_FAILURE)),
            ([FAILURE], writing(OTHER)),
            ([FAILURE], writing(ANOTHER_FAILURE)),
            ([FAILURE], writing(metadata=some_metadata(), at=LATER)),
        ],
        ids=["new, published", "new, failed", "failed, published", "failed, failed", "failed, provider updated"],
    )
    async def test_a_state_that_was_seen_is_written_over_only_if_it_is_so_still(
        self, store: VersionStore, before: list[ProviderVersion], meanwhile: Decide[VersionSnapshot]
    ) -> None:
        await put(store, *before)
        seen = await store.load(a_name(), ONE)
        await store.update(a_name(), ONE, meanwhile)
        decided_on: list[VersionSnapshot] = []

        def decide(stored: VersionSnapshot) -> Decided:
            decided_on.append(stored)
            return writing(a_version("1.0.0"))(stored)

        between = await store.load(a_name(), ONE)
        await store.update(a_name(), ONE, decide, seen=seen)
        assert decided_on[-1] == between
        _, after = writing(a_version("1.0.0"))(between)
        assert (await store.load(a_name(), ONE)).provider == after.provider

    async def test_a_state_that_was_seen_and_is_so_still_is_decided_on_once(self, store: VersionStore) -> None:
        for version in (a_version("1.0.0"), a_version("2.0.0")):
            seen = await store.load(version.name, version.version)
            decided_on: list[VersionSnapshot] = []

            def decide(
                stored: VersionSnapshot, version: ProviderVersion = version, found: list[VersionSnapshot] = decided_on
            ) -> Decided:
                found.append(stored)
                return writing(version)(stored)

            after = await store.update(version.name, version.version, decide, seen=seen)
            assert decided_on == [seen]
            assert await store.load(version.name, version.version) == after

    async def test_a_racing_writers_state_includes_its_own_version(self, store: VersionStore) -> None:
        async def newest_after(version: ProviderVersion) -> SemVer:
            newest = (await store.update(version.name, version.version, writing(version))).newest
            assert newest is not None
            return newest

        versions = [a_version(f"1.{minor}.0") for minor in range(10)]
        newest = await asyncio.gather(*(newest_after(version) for version in versions))
        assert all(seen >= version.version for seen, version in zip(newest, versions, strict=True))
        assert max(newest) == versions[-1].version
