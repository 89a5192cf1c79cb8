"""The contract of a queue of tasks, and of the store of versions whose transactions add and finish them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

import pytest

from application.errors import LeaseLostError
from application.ports.task_inspection import TaskInspection
from application.ports.task_queue import TaskQueue
from domain.errors import WheelProblem, WheelRefusedError
from domain.semver import SemVer
from domain.tasks import Lease, LeasedTask, Task, TaskKind
from domain.version_state import StartBuild, VersionSnapshot
from domain.versions import VersionStatus
from provider_registry_testing.builders import NOW, a_building_version, a_name, a_proven_wheel, a_version
from provider_registry_testing.writes import VersionStore, a_task, writing

KIND = TaskKind.REGISTRATION
A_MINUTE = 60.0
A_DAY = timedelta(days=1)
REFUSAL = WheelRefusedError(WheelProblem.DIGEST_MISMATCH, "the bytes differ")


class InspectedTaskQueue(TaskQueue, TaskInspection, Protocol):
    """An adapter for all ports of tasks."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """A queue, and the store whose transactions add to it."""

    queue: InspectedTaskQueue
    store: VersionStore

    async def add(
        self,
        version: str = "1.0.0",
        *,
        task_id: UUID | None = None,
        provider: str = "platform/gcp",
        created_at: datetime = NOW,
    ) -> Task:
        """Start to build a version."""
        building = replace(a_building_version(version, name=provider), registration_id=task_id or uuid4())
        task = replace(a_task(building), created_at=created_at)
        await self.store.update(
            building.name, building.version, lambda _: (StartBuild(version=building, task=task), None)
        )
        return task

    async def claim(self, *, seconds: float = A_MINUTE, limit: int = 100) -> Sequence[LeasedTask]:
        return await self.queue.claim(KIND, seconds=seconds, limit=limit)

    async def claim_one(self, *, seconds: float = A_MINUTE) -> Lease:
        [leased] = await self.claim(seconds=seconds)
        return leased.lease

    async def status(self, version: str = "1.0.0") -> VersionStatus | None:
        found = (await self.store.load(a_name(), SemVer.parse(version))).version
        return None if found is None else found.status

    async def publish(self, lease: Lease) -> None:
        published = a_version("1.0.0")
        await self.store.update(published.name, published.version, writing(published), lease=lease)


@pytest.mark.anyio
class TaskQueueContract:
    """What every ``TaskQueue`` promises, together with its store.

    A subclass has a fixture ``tasks``, which returns empty ones. A lease of no time has ended when it begins.
    """

    async def test_a_task_is_added_with_what_caused_it_and_claimed_as_it_was(self, tasks: Tasks) -> None:
        added = await tasks.add()
        assert await tasks.status() is VersionStatus.BUILDING
        [leased] = await tasks.claim()
        assert leased.task == added
        assert (leased.lease.id, leased.lease.attempt) == (added.id, 1)

    async def test_a_registration_is_found_by_its_id_whatever_becomes_of_it(self, tasks: Tasks) -> None:
        added = await tasks.add()
        store = tasks.store
        assert await store.find_registration(uuid4()) is None
        building = await store.find_registration(added.id)
        assert building is not None
        assert (building.name, building.status) == (a_name(), VersionStatus.BUILDING)
        assert await store.find(a_name(), building.version) is None
        published = building.publish(a_proven_wheel(), at=NOW)
        await store.update(published.name, published.version, writing(published), lease=await tasks.claim_one())
        found = await store.find_registration(added.id)
        assert found is not None
        assert found.status is VersionStatus.PUBLISHED

    async def test_without_its_cause_no_task_is_added(self, tasks: Tasks) -> None:
        def decide(_: VersionSnapshot) -> tuple[StartBuild, None]:
            raise REFUSAL

        with pytest.raises(WheelRefusedError):
            await tasks.store.update(a_name(), SemVer.parse("1.0.0"), decide)
        assert await tasks.claim() == []

    async def test_of_twenty_who_start_a_build_one_adds_a_task(self, tasks: Tasks) -> None:
        def starting(number: int) -> StartBuild:
            building = replace(a_building_version(), registration_id=UUID(int=number))
            return StartBuild(version=building, task=a_task(building))

        async def start(number: int) -> UUID | None:
            def decide(state: VersionSnapshot) -> tuple[StartBuild | None, UUID | None]:
                if state.version is not None:
                    return None, state.version.registration_id
                return (write := starting(number)), write.task.id

            return await tasks.store.update(a_name(), SemVer.parse("1.0.0"), decide)

        named = await asyncio.gather(*map(start, range(1, 21)))
        [leased] = await tasks.claim()
        assert set(named) == {leased.task.id}

    async def test_twenty_racing_claimers_get_each_task_once(self, tasks: Tasks) -> None:
        added = {(await tasks.add(f"1.{number}.0")).id for number in range(30)}
        claims = await asyncio.gather(*(tasks.claim(limit=2) for _ in range(20)))
        assert all(len(claim) <= 2 for claim in claims)
        claimed = [leased.task.id for claim in claims for leased in claim]
        claimed += [leased.task.id for leased in await tasks.claim()]  # what lost every race
        assert len(claimed) == len(added)
        assert set(claimed) == added

    async def test_no_more_is_claimed_than_asked_for_and_the_longest_due_first(self, tasks: Tasks) -> None:
        first, second = await tasks.add("1.0.0"), await tasks.add("1.1.0")
        assert [leased.task for leased in await tasks.claim(limit=1)] == [first]
        assert [leased.task for leased in await tasks.claim(limit=1)] == [second]
        assert await tasks.claim(limit=1) == []

    async def test_a_lease_that_ended_is_claimed_again_and_every_claim_counts(self, tasks: Tasks) -> None:
        await tasks.add()
        attempts = [(await tasks.claim_one(seconds=0)).attempt for _ in range(3)]
        assert attempts == [1, 2, 3]
        assert (await tasks.claim_one()).attempt == 4
        assert await tasks.claim() == []

    async def test_a_task_is_as_old_as_it_is_whatever_became_of_its_attempts(self, tasks: Tasks) -> None:
        old, new = await tasks.add("1.0.0", created_at=NOW - A_DAY), await tasks.add("1.1.0", created_at=NOW)
        queue, ages = tasks.queue, []
        for end in (queue.give_back, partial(queue.retry, after=timedelta(), error="the host is down"), None):
            claimed = {leased.task: leased for leased in await tasks.claim(seconds=0)}
            ages.append(claimed[new].age)
            assert claimed[old].age - claimed[new].age == A_DAY
            if end is not None:
                assert await end(claimed[new].lease)
        assert await queue.make_due(new.id)
        ages += [leased.age for leased in await tasks.claim() if leased.task == new]
        assert ages == sorted(ages)
        assert len(ages) == 4

    async def test_a_renewed_lease_goes_on(self, tasks: Tasks) -> None:
        await tasks.add()
        lease = await tasks.claim_one(seconds=0)
        assert await tasks.queue.renew(lease, seconds=A_MINUTE)
        assert await tasks.claim() == []

    async def test_a_worker_that_lost_its_lease_changes_nothing(self, tasks: Tasks) -> None:
        await tasks.add()
        lost, current = await tasks.claim_one(seconds=0), await tasks.claim_one()
        queue = tasks.queue
        assert not await queue.renew(lost, seconds=0)
        assert not await queue.give_back(lost)
        assert not await queue.retry(lost, after=timedelta(), error="late")
        assert not await queue.finish(lost)
        assert await tasks.claim() == []
        assert await queue.renew(current, seconds=A_MINUTE)

    async def test_a_frozen_worker_that_comes_back_publishes_nothing(self, tasks: Tasks) -> None:
        await tasks.add()
        frozen, current = await tasks.claim_one(seconds=0), await tasks.claim_one()
        with pytest.raises(LeaseLostError):
            await tasks.publish(frozen)
        assert await tasks.status() is VersionStatus.BUILDING
        await tasks.publish(current)
        assert await tasks.status() is VersionStatus.PUBLISHED
        with pytest.raises(LeaseLostError):
            await tasks.publish(frozen)

    async def test_of_two_workers_that_finish_at_once_one_does(self, tasks: Tasks) -> None:
        await tasks.add()
        leases = [await tasks.claim_one(seconds=0) for _ in range(5)]
        ends = await asyncio.gather(*map(tasks.publish, leases), return_exceptions=True)
        assert [type(end) for end in ends] == [LeaseLostError] * 4 + [type(None)]

    async def test_the_outcome_and_the_end_of_the_task_are_one_write(self, tasks: Tasks) -> None:
        await tasks.add()
        lease = await tasks.claim_one(seconds=0)

        def decide(_: VersionSnapshot) -> tuple[StartBuild, None]:
            raise REFUSAL

        with pytest.raises(WheelRefusedError):
            await tasks.store.update(a_name(), SemVer.parse("1.0.0"), decide, lease=lease)
        assert await tasks.status() is VersionStatus.BUILDING
        await tasks.publish(await tasks.claim_one())
        assert await tasks.claim() == []
        assert await tasks.queue.list_tasks(limit=10) == []

    async def test_a_task_may_end_without_an_outcome(self, tasks: Tasks) -> None:
        task = await tasks.add()
        version = (await tasks.store.load(a_name(), SemVer.parse("1.0.0"))).version
        assert version is not None
        failed = version.fail(REFUSAL, at=NOW)
        await tasks.store.update(failed.name, failed.version, writing(failed))
        lease = await tasks.claim_one()
        assert lease.id == task.id
        assert await nothing(tasks.store, lease) is VersionStatus.FAILED
        assert await tasks.queue.list_tasks(limit=10) == []
        await tasks.add("1.1.0")
        lease = await tasks.claim_one(seconds=0)
        await tasks.store.update(
            a_name(), SemVer.parse("1.1.0"), writing(a_building_version("1.1.0").fail(REFUSAL, at=NOW))
        )
        assert await tasks.queue.finish(lease)
        assert not await tasks.queue.finish(lease)

    async def test_a_task_that_is_tried_again_waits_and_says_why(self, tasks: Tasks) -> None:
        await tasks.add()
        lease = await tasks.claim_one()
        assert await tasks.queue.retry(lease, after=timedelta(minutes=1), error="the host is down")
        assert await tasks.claim() == []
        [queued] = await tasks.queue.list_tasks(limit=10)
        assert (queued.attempts, queued.is_leased, queued.last_error) == (1, False, "the host is down")
        assert not await tasks.queue.renew(lease, seconds=A_MINUTE)

    async def test_a_task_that_is_given_back_is_due_and_its_attempt_was_none(self, tasks: Tasks) -> None:
        await tasks.add()
        assert await tasks.queue.give_back(await tasks.claim_one())
        assert (await tasks.claim_one()).attempt == 1

    async def test_a_task_that_is_made_due_starts_over_unless_a_worker_has_it(self, tasks: Tasks) -> None:
        task = await tasks.add()
        lease = await tasks.claim_one()
        assert not await tasks.queue.make_due(task.id)
        await tasks.queue.retry(lease, after=timedelta(hours=1), error="the host is down")
        assert await tasks.queue.make_due(task.id)
        assert (await tasks.claim_one()).attempt == 1
        assert not await tasks.queue.make_due(uuid4())

    async def test_a_namespace_whose_turn_it_is_not_is_passed_over(self, tasks: Tasks) -> None:
        acme = [await tasks.add(f"1.{number}.0", provider="acme/crm") for number in range(3)]
        acme_2, gcp = await tasks.add(provider="acme-2/crm"), await tasks.add()
        claim = partial(tasks.queue.claim, KIND, seconds=A_MINUTE, limit=100)
        assert [leased.task for leased in await claim(without=["acme"], only="platform")] == [gcp]
        assert await claim(only="platform") == []
        assert [leased.task for leased in await claim(without=["acme"])] == [acme_2]
        assert {leased.task.id for leased in await claim()} == {task.id for task in acme}

    async def test_the_tasks_of_a_namespace_are_counted_up_to_a_limit(self, tasks: Tasks) -> None:
        for number in range(3):
            await tasks.add(f"1.{number}.0", provider="acme/crm")
        for other in ("acme-2/crm", "acme0/crm", "acm/crm"):
            await tasks.add(provider=other)
        assert await tasks.queue.count(KIND, "acme", limit=100) == 3
        assert await tasks.queue.count(KIND, "acme", limit=2) == 2
        await tasks.claim()
        assert await tasks.queue.count(KIND, "acme", limit=100) == 3
        assert await tasks.queue.count(KIND, "ac", limit=100) == 0

    async def test_what_is_due_is_measured(self, tasks: Tasks) -> None:
        empty = await tasks.queue.measure(KIND)
        assert (empty.due, empty.oldest) == (0, timedelta())
        for number in range(3):
            await tasks.add(f"1.{number}.0")
        await tasks.claim(limit=1)
        depth = await tasks.queue.measure(KIND)
        assert depth.due == 2
        assert depth.oldest >= timedelta()

    async def test_tasks_are_listed_to_operators(self, tasks: Tasks) -> None:
        added = [await tasks.add(f"1.{number}.0") for number in range(3)]
        await tasks.claim(limit=1)
        listed = await tasks.queue.list_tasks(limit=10)
        assert [queued.task for queued in listed] == [*added[1:], added[0]]
        assert [queued.is_leased for queued in listed] == [False, False, True]
        assert len(await tasks.queue.list_tasks(limit=2)) == 2


async def nothing(store: VersionStore, lease: Lease) -> VersionStatus | None:
    """Finish a task without writing anything else."""

    def decide(state: VersionSnapshot) -> tuple[None, VersionStatus | None]:
        return None, None if state.version is None else state.version.status

    return await store.update(a_name(), SemVer.parse("1.0.0"), decide, lease=lease)
