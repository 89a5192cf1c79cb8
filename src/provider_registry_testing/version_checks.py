"""The contract of the checks of public versions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from application.ports.version_checks import MAX_ORIGIN_EVENTS, LeasedCheck, VersionChecks
from domain.availability import (
    Availability,
    CheckSchedule,
    Fetched,
    FileSignature,
    NotHad,
    OriginEvent,
    OriginVerdict,
)
from domain.history import HistoryEvent
from domain.tasks import Lease
from domain.wheel.file import Sha256Digest
from provider_registry_testing.builders import NOW, a_name, a_version
from provider_registry_testing.writes import VersionStore, event_of, writing

AT_ONCE = CheckSchedule(look_every=timedelta())
A_MINUTE, A_DAY = 60.0, timedelta(days=1)
OTHER = Sha256Digest("b" * 64)
DRIFTED = OriginEvent(verdict=OriginVerdict.DRIFTED, at=NOW, since=NOW, other_sha256=OTHER)
GONE = OriginEvent(
    verdict=OriginVerdict.UNREACHABLE, at=NOW + 3 * A_DAY, since=NOW + A_DAY, failure="wheel_host_failed"
)
BACK = OriginEvent(verdict=OriginVerdict.INTACT, at=NOW, since=NOW)


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks, and the store whose versions they are of."""

    checks: VersionChecks
    store: VersionStore

    async def publish(self, *versions: str) -> None:
        """Publish versions, and enrol them."""
        for text in versions:
            version = a_version(text)
            await self.store.update(version.name, version.version, writing(version))
        await self.checks.enrol(AT_ONCE, limit=1000)

    async def claim(self, *, seconds: float = A_MINUTE, limit: int = 100) -> Sequence[LeasedCheck]:
        return await self.checks.claim(seconds=seconds, limit=limit)

    async def add(self, *events: OriginEvent, version: str = "1.0.0") -> None:
        """Record checks of a version that add to its history."""
        for event in events:
            [claimed] = [each for each in await self.claim() if each.wheel.version.text == version]
            assert await self.checks.record(claimed.lease, Availability(), after=timedelta(), event=event)

    async def history(self, version: str = "1.0.0", *, limit: int | None = None, offset: int = 0) -> list[HistoryEvent]:
        found = await self.store.history(a_name(), a_version(version).version, limit=limit, offset=offset)
        return list(found)

    async def found(self, version: str = "1.0.0") -> Availability | None:
        return await self.checks.find(a_name(), a_version(version).version)


@pytest.mark.anyio
class VersionChecksContract:
    """What every ``VersionChecks`` promises.

    A subclass has a fixture ``checks``, which returns empty ones. A lease of no time has ended when it begins.
    """

    async def test_each_public_version_is_enrolled_once_and_claimed_with_where_its_wheel_is(
        self, checks: Checks
    ) -> None:
        await checks.publish("1.0.0", "2.0.0")
        assert await checks.checks.enrol(AT_ONCE, limit=10) == 0
        claimed = {each.wheel.version.text: each for each in await checks.claim()}
        assert set(claimed) == {"1.0.0", "2.0.0"}
        version = a_version("1.0.0")
        assert claimed["1.0.0"].wheel.url == version.announcement.wheel_url
        assert claimed["1.0.0"].wheel.sha256 == version.wheel_sha256
        assert (claimed["1.0.0"].known, claimed["1.0.0"].lease.attempt) == (Availability(), 1)
        assert await checks.found() is None

    async def test_enrolment_is_bounded_and_goes_on(self, checks: Checks) -> None:
        for text in ("1.0.0", "2.0.0", "3.0.0"):
            version = a_version(text)
            await checks.store.update(version.name, version.version, writing(version))
        counts = [await checks.checks.enrol(AT_ONCE, limit=2) for _ in range(3)]
        assert counts == [2, 1, 0]

    async def test_first_checks_are_spread_and_not_due_at_once(self, checks: Checks) -> None:
        version = a_version("1.0.0")
        await checks.store.update(version.name, version.version, writing(version))
        await checks.checks.enrol(CheckSchedule(), limit=10)
        assert await checks.claim() == []

    async def test_what_was_recorded_is_found_and_comes_with_the_next_claim(self, checks: Checks) -> None:
        await checks.publish("1.0.0")
        seen = FileSignature(size=5, tag='"a"')
        registered = a_version("1.0.0").wheel_sha256
        assert registered is not None
        intact = Availability().after(Fetched(registered, seen), registered, AT_ONCE, at=NOW)
        drifting = intact.after(Fetched(OTHER), registered, AT_ONCE, at=NOW + A_DAY)
        failing = drifting.after(NotHad("wheel_host_failed"), registered, AT_ONCE, at=NOW + 2 * A_DAY)
        for known in (intact, drifting, failing):
            [claimed] = await checks.claim()
            assert await checks.checks.record(claimed.lease, known, after=timedelta())
            assert await checks.found() == known
        [claimed] = await checks.claim()
        assert (claimed.known, claimed.lease.attempt) == (failing, 1)

    async def test_a_check_is_due_again_after_the_time_that_was_asked_for(self, checks: Checks) -> None:
        await checks.publish("1.0.0")
        [claimed] = await checks.claim()
        await checks.checks.record(claimed.lease, Availability(checked_at=NOW), after=A_DAY)
        assert await checks.claim() == []

    async def test_what_is_due_is_measured(self, checks: Checks) -> None:
        empty = await checks.checks.measure()
        assert (empty.due, empty.oldest) == (0, timedelta())
        await checks.publish("1.0.0", "2.0.0", "3.0.0")
        await checks.claim(limit=1)
        depth = await checks.checks.measure()
        assert depth.due == 2
        assert timedelta() <= depth.oldest < timedelta(minutes=10)
        for each in await checks.claim():
            await checks.checks.record(each.lease, Availability(), after=A_DAY)
        assert (await checks.checks.measure()).due == 0

    async def test_versions_whose_wheels_are_amiss_are_counted_by_their_last_verdict(self, checks: Checks) -> None:
        assert await checks.checks.count_amiss() == {OriginVerdict.DRIFTED: 0, OriginVerdict.UNREACHABLE: 0}
        await checks.publish("1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0")
        drifted, unreachable, intact = (
            Availability(verdict=verdict)
            for verdict in (OriginVerdict.DRIFTED, OriginVerdict.UNREACHABLE, OriginVerdict.INTACT)
        )
        found = {"1.0.0": drifted, "2.0.0": drifted, "3.0.0": unreachable, "4.0.0": intact, "5.0.0": Availability()}
        for each in await checks.claim():
            await checks.checks.record(each.lease, found[each.wheel.version.text], after=timedelta())
        assert await checks.checks.count_amiss() == {OriginVerdict.DRIFTED: 2, OriginVerdict.UNREACHABLE: 1}
        for each in await checks.claim():
            await checks.checks.record(each.lease, intact, after=A_DAY)
        assert await checks.checks.count_amiss() == {OriginVerdict.DRIFTED: 0, OriginVerdict.UNREACHABLE: 0}

    async def test_twenty_claimers_at_once_get_different_checks(self, checks: Checks) -> None:
        await checks.publish(*(f"1.0.{number}" for number in range(30)))
        claims = await asyncio.gather(*(checks.claim(limit=2) for _ in range(20)))
        names = [each.lease.id for claimed in claims for each in claimed]
        assert len(names) == len(set(names))
        assert len(names) <= 30

    async def test_a_worker_that_froze_holds_nothing_once_another_has_its_check(self, checks: Checks) -> None:
        await checks.publish("1.0.0")
        [frozen] = await checks.claim(seconds=0)
        [taken] = await checks.claim()
        assert taken.lease.attempt == 2
        assert not await checks.checks.record(frozen.lease, Availability(checked_at=NOW), after=A_DAY)
        assert not await checks.checks.renew(frozen.lease, seconds=A_MINUTE)
        assert not await checks.checks.give_back(frozen.lease)
        assert await checks.found() is None
        assert await checks.checks.renew(taken.lease, seconds=A_MINUTE)

    async def test_a_check_that_is_given_back_is_due_and_its_attempt_is_not_counted(self, checks: Checks) -> None:
        await checks.publish("1.0.0")
        [claimed] = await checks.claim()
        assert await checks.checks.give_back(claimed.lease)
        assert not await checks.checks.give_back(Lease(id=claimed.lease.id, token=claimed.lease.token, attempt=1))
        [again] = await checks.claim()
        assert again.lease.attempt == 1

    async def test_other_verdicts_are_in_the_history_in_the_order_of_writing(self, checks: Checks) -> None:
        await checks.publish("1.0.0")
        version = a_version("1.0.0")
        published = event_of(version)
        yanked = version.yank("leaks", at=NOW - A_DAY)  # by a clock that went back
        await checks.add(DRIFTED, BACK)
        await checks.store.update(version.name, version.version, writing(yanked, event=event_of(yanked)))
        await checks.add(GONE)
        expected = [published, DRIFTED, BACK, event_of(yanked), GONE]
        assert await checks.history() == expected
        pages = [await checks.history(limit=2, offset=offset) for offset in (0, 2, 4, 6)]
        assert pages == [expected[:2], expected[2:4], expected[4:], []]

    async def test_versions_do_not_share_other_verdicts(self, checks: Checks) -> None:
        await checks.publish("1.0.0", "2.0.0")
        await checks.add(DRIFTED, version="2.0.0")
        assert await checks.history("1.0.0") == [event_of(a_version("1.0.0"))]
        assert await checks.history("2.0.0") == [event_of(a_version("2.0.0")), DRIFTED]

    async def test_so_many_other_verdicts_of_a_version_are_kept_and_no_more(self, checks: Checks) -> None:
        await checks.publish("1.0.0")
        await checks.add(*[DRIFTED, BACK] * (MAX_ORIGIN_EVENTS // 2), GONE)
        assert await checks.history() == [event_of(a_version("1.0.0")), *[DRIFTED, BACK] * (MAX_ORIGIN_EVENTS // 2)]

    async def test_a_worker_without_the_lease_adds_nothing_to_a_history(self, checks: Checks) -> None:
        await checks.publish("1.0.0")
        [frozen] = await checks.claim(seconds=0)
        await checks.claim()
        assert not await checks.checks.record(frozen.lease, Availability(), after=A_DAY, event=DRIFTED)
        assert await checks.history() == [event_of(a_version("1.0.0"))]
