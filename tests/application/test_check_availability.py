"""Checking whether wheels are still on their hosts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.origin_probe import InMemoryOriginProbe
from adapters.memory.version_checks import InMemoryVersionChecks
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from application.errors import SpoolUnavailableError, WheelHostFailedError
from application.use_cases.check_availability import CheckAvailability
from domain.availability import Availability, CheckSchedule, FileSignature, OriginEvent, OriginVerdict
from domain.errors import RegistryError, WheelProblem, WheelRefusedError
from domain.versions import VersionStatus
from domain.wheel.file import sha256_of
from tests.builders import NOW, a_proven_wheel, a_version
from tests.support.stores import put

SCHEDULE = CheckSchedule()
RIGHT, OTHER = b"the registered bytes", b"other bytes"
A_DAY = timedelta(days=1)


class World:
    def __init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.store = InMemoryVersionRepository()
        self.checks = InMemoryVersionChecks(self.store, self.clock)
        self.probe, self.fetcher = InMemoryOriginProbe(), InMemoryWheelFetcher()
        self.version = replace(a_version(), wheel=replace(a_proven_wheel(), sha256=sha256_of(RIGHT)))
        self.url = self.version.announcement.wheel_url
        self.use_case = CheckAvailability(
            checks=self.checks, probe=self.probe, fetcher=self.fetcher, clock=self.clock, schedule=SCHEDULE
        )

    def serves(self, data: bytes) -> None:
        self.fetcher.put(self.url, data)
        self.probe.put(self.url, FileSignature(size=len(data), tag=f'"{sha256_of(data)}"'))

    def fails(self, error: RegistryError) -> None:
        self.fetcher.fail_with(self.url, error)
        self.probe.put(self.url, error)

    async def check(self, *, later: timedelta = A_DAY) -> Availability:
        """Do what is due after that time."""
        await self.checks.enrol(SCHEDULE, limit=10)
        self.clock.advance(seconds=later.total_seconds())
        [due] = await self.checks.claim(seconds=60, limit=10)
        known = await self.use_case.execute(due)
        assert known is not None
        assert await self.checks.find(self.version.name, self.version.version) == known
        return known


@pytest.fixture
async def world() -> World:
    world = World()
    await put(world.store, world.version)
    world.serves(RIGHT)
    return world


async def test_a_wheel_is_fetched_once_and_then_looked_at_daily_until_the_month_is_over(world: World) -> None:
    verdicts = {(await world.check()).verdict for _ in range(30)}
    assert verdicts == {OriginVerdict.INTACT}
    assert (world.probe.looks[world.url], world.fetcher.fetches[world.url]) == (30, 1)
    await world.check()
    assert world.fetcher.fetches[world.url] == 2


async def test_an_exchanged_wheel_has_drifted_after_the_second_fetch_an_hour_later(world: World) -> None:
    await world.check()
    world.serves(OTHER)
    first = await world.check()
    assert (first.verdict, first.other_sha256) == (OriginVerdict.INTACT, sha256_of(OTHER))
    second = await world.check(later=SCHEDULE.confirm_after)
    assert second.verdict is OriginVerdict.DRIFTED
    world.serves(RIGHT)
    assert (await world.check()).verdict is OriginVerdict.INTACT
    history = await world.store.history(world.version.name, world.version.version)
    assert [event.verdict for event in history if isinstance(event, OriginEvent)] == [
        OriginVerdict.DRIFTED,
        OriginVerdict.INTACT,
    ]


@pytest.mark.parametrize(
    "error", [WheelHostFailedError("away"), WheelRefusedError(WheelProblem.NOT_FOUND, "gone")], ids=["away", "gone"]
)
async def test_a_wheel_that_cannot_be_had_is_unreachable_after_days_and_is_never_yanked(
    world: World, error: RegistryError
) -> None:
    await world.check()
    world.fails(error)
    assert (await world.check()).verdict is OriginVerdict.INTACT
    later = [await world.check(later=SCHEDULE.retry_after) for _ in range(12)]
    assert [known.verdict for known in later].index(OriginVerdict.UNREACHABLE) == 11
    assert later[-1].failure == error.code
    found = await world.store.find(world.version.name, world.version.version)
    assert found is not None
    assert found.status is VersionStatus.PUBLISHED


async def test_a_host_that_says_nothing_of_its_files_is_asked_for_the_whole(world: World) -> None:
    world.probe.put(world.url, FileSignature(size=len(RIGHT)))
    for _ in range(3):
        await world.check()
    assert world.fetcher.fetches[world.url] == 3


async def test_a_full_disk_of_ours_says_nothing_of_the_host(world: World) -> None:
    world.fetcher.fail_with(world.url, SpoolUnavailableError("full"))
    with pytest.raises(SpoolUnavailableError):
        await world.check()
    assert await world.checks.find(world.version.name, world.version.version) is None


async def test_a_worker_whose_lease_was_taken_over_keeps_nothing(world: World) -> None:
    await world.checks.enrol(SCHEDULE, limit=10)
    world.clock.advance(seconds=A_DAY.total_seconds())
    [frozen] = await world.checks.claim(seconds=60, limit=1)
    world.clock.advance(seconds=61)
    [taken] = await world.checks.claim(seconds=60, limit=1)
    assert await world.use_case.execute(frozen) is None
    assert await world.use_case.execute(taken) is not None
    assert taken.lease.attempt == 2
