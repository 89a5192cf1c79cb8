"""What version stores promise about histories."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from domain.errors import WheelProblem, WheelRefusedError
from domain.history import LifecycleAction, LifecycleEvent
from domain.semver import SemVer
from domain.version_state import VersionSnapshot
from provider_registry_testing.builders import MACHINE_ID, NOW, a_building_version, a_name, a_version, some_metadata
from provider_registry_testing.writes import Decided, VersionStore, steps_of, writing

LATER = NOW + timedelta(hours=1)
ONE = SemVer.parse("1.0.0")
PUBLISHED = LifecycleEvent(action=LifecycleAction.PUBLISHED, at=NOW, actor=MACHINE_ID, request_id="release-1")
YANKED = LifecycleEvent(action=LifecycleAction.YANKED, at=LATER, actor="operator:ann", reason="leaks\nsecrets ü")
RESTORED = LifecycleEvent(action=LifecycleAction.RESTORED, at=LATER, actor=MACHINE_ID, request_id="")
FAILED = LifecycleEvent(
    action=LifecycleAction.FAILED,
    at=datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    actor=MACHINE_ID,
    request_id="release-0",
    reason="the bytes differ",
)


class HistoryContract:
    """What version stores promise about histories."""

    async def test_a_version_has_no_history_before_it_is_written(self, store: VersionStore) -> None:
        assert await store.history(a_name(), ONE) == []

    async def test_events_come_back_as_they_were_in_the_order_of_writing(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        for event in (FAILED, PUBLISHED, YANKED, RESTORED, YANKED):
            await store.update(version.name, version.version, writing(version, event=event))
        assert await store.history(version.name, version.version) == [FAILED, PUBLISHED, YANKED, RESTORED, YANKED]

    async def test_the_order_of_writing_counts_even_when_a_clock_went_back(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        events = [replace(RESTORED, at=NOW - timedelta(seconds=second)) for second in range(20)]
        for event in events:
            await store.update(version.name, version.version, writing(version, event=event))
        assert await store.history(version.name, version.version) == events
        assert await store.history(version.name, version.version, limit=3) == events[:3]
        assert await store.history(version.name, version.version, limit=3, offset=18) == events[18:]
        assert await store.history(version.name, version.version, offset=20) == []

    async def test_times_of_events_come_back_in_utc(self, store: VersionStore) -> None:
        await store.update(a_name(), ONE, writing(a_version("1.0.0"), event=PUBLISHED))
        (event,) = await store.history(a_name(), ONE)
        assert event.at.isoformat() == NOW.isoformat()

    async def test_versions_do_not_share_a_history(self, store: VersionStore) -> None:
        for version in (a_version("1.0.0"), a_version("2.0.0"), a_version("1.0.0", name="acme/gcp")):
            event = replace(PUBLISHED, actor=f"{version.name} {version.version}")
            await store.update(version.name, version.version, writing(version, event=event))
        assert [event.actor for event in steps_of(await store.history(a_name(), ONE))] == ["platform/gcp 1.0.0"]
        assert [event.actor for event in steps_of(await store.history(a_name("acme/gcp"), ONE))] == ["acme/gcp 1.0.0"]
        assert await store.history(a_name(), SemVer.parse("1.0.0+build")) == []

    async def test_a_version_that_is_not_public_has_a_history_for_writers(self, store: VersionStore) -> None:
        failed = a_building_version("1.0.0").fail(WheelRefusedError(WheelProblem.NOT_FOUND, "gone"), at=LATER)
        await store.update(failed.name, failed.version, writing(failed, event=FAILED))
        assert await store.history(failed.name, failed.version) == [FAILED]

    async def test_an_update_of_the_provider_leaves_the_history_alone(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        await store.update(version.name, version.version, writing(version, event=PUBLISHED))
        await store.update(version.name, version.version, writing(metadata=some_metadata(), at=LATER))
        await store.update(version.name, version.version, writing())
        assert await store.history(version.name, version.version) == [PUBLISHED]

    async def test_a_refused_change_leaves_no_event(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        with pytest.raises(ValueError, match=r"2\.0\.0"):
            await store.update(version.name, version.version, writing(a_version("2.0.0"), event=PUBLISHED))
        assert await store.history(version.name, version.version) == []
        assert await store.history(version.name, SemVer.parse("2.0.0")) == []

    async def test_the_history_that_was_read_is_not_the_one_that_is_kept(self, store: VersionStore) -> None:
        version = a_version("1.0.0")
        await store.update(version.name, version.version, writing(version, event=PUBLISHED))
        before = await store.history(version.name, version.version)
        await store.update(version.name, version.version, writing(version, event=YANKED))
        assert before == [PUBLISHED]

    async def test_of_twenty_writers_who_yank_at_once_one_is_kept(self, store: VersionStore) -> None:
        await store.update(a_name(), ONE, writing(a_version("1.0.0"), event=PUBLISHED))

        def yank_as(actor: str, stored: VersionSnapshot) -> Decided:
            assert stored.version is not None
            if stored.version.yanked_at is not None:
                return writing()(stored)
            return writing(stored.version.yank(actor, at=LATER), event=replace(YANKED, actor=actor))(stored)

        await asyncio.gather(*(store.update(a_name(), ONE, partial(yank_as, f"mch_{number}")) for number in range(20)))
        found = await store.find(a_name(), ONE)
        assert found is not None
        steps = steps_of(await store.history(a_name(), ONE))
        assert [event.actor for event in steps] == [MACHINE_ID, found.yanked_reason]
