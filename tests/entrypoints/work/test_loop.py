"""A loop claims work, holds its leases, and ends when it is told to, and for no other reason."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.task_queue import InMemoryTaskQueue
from adapters.memory.version_checks import InMemoryVersionChecks
from adapters.memory.version_repository import InMemoryVersionRepository
from application.errors import LeaseLostError
from domain.availability import Availability, OriginVerdict
from domain.tasks import LeasedTask, QueuedTask, RetryPolicy, TaskKind
from entrypoints.telemetry import TaskOutcome
from entrypoints.work.loop import LoopOptions, Work, WorkLoop
from entrypoints.work.running import measure_queue, measure_wheels, running
from provider_registry_testing.task_queue import Tasks
from provider_registry_testing.version_checks import Checks
from tests.builders import NOW

QUICK = RetryPolicy(first_delay=timedelta(milliseconds=1), longest_delay=timedelta(milliseconds=1))


@dataclass
class Ledger:
    """An observer that keeps what it is told."""

    ended: list[tuple[str, int]] = field(default_factory=list)
    claims: int = 0
    due: list[int] = field(default_factory=list)
    amiss: dict[str, int] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)
    accepted: list[bool] = field(default_factory=list)

    def claimed(self, kind: str, count: int) -> None:
        self.claims += count

    def task_ended(self, kind: str, outcome: str, attempt: int, seconds: float) -> None:
        self.ended.append((str(outcome), attempt))

    def queue_measured(self, kind: str, due: int, oldest_seconds: float) -> None:
        self.due.append(due)

    def availability_measured(self, verdict: str, versions: int) -> None:
        self.amiss[verdict] = versions

    def verdict_changed(self, verdict: str) -> None:
        self.verdicts.append(verdict)

    def webhook_attempted(self, *, is_accepted: bool) -> None:
        self.accepted.append(is_accepted)


class Workshop:
    """A queue in memory, and a loop over it whose work is what a test says."""

    def __init__(self) -> None:
        self.clock, self.store, self.ledger = ManualClock(NOW), InMemoryVersionRepository(), Ledger()
        self.queue = InMemoryTaskQueue(self.store, self.clock)
        self.tasks = Tasks(self.queue, self.store)
        self.perform: Callable[[LeasedTask], Awaitable[TaskOutcome]] = self.finish
        self.failures: list[Exception] = []
        self.started = asyncio.Event()
        self.at_once = self.most_at_once = 0
        self.stop = asyncio.Event()

    async def finish(self, leased: LeasedTask) -> TaskOutcome:
        if not await self.queue.finish(leased.lease):
            raise LeaseLostError
        return TaskOutcome.DONE

    async def perform_now(self, leased: LeasedTask) -> TaskOutcome:
        return await self.perform(leased)

    async def fail(self, leased: LeasedTask, error: Exception) -> TaskOutcome:
        self.failures.append(error)
        await self.queue.finish(leased.lease)
        return TaskOutcome.ABANDONED

    async def claim(self, limit: int, seconds: float) -> Sequence[LeasedTask]:
        return await self.queue.claim(TaskKind.REGISTRATION, seconds=seconds, limit=limit)

    async def until_released(self, leased: LeasedTask) -> TaskOutcome:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        self.started.set()
        try:
            await self.release.wait()
            return await self.finish(leased)
        finally:
            self.at_once -= 1

    def hold(self) -> None:
        """Let all work wait until it is released."""
        self.release = asyncio.Event()
        self.perform = self.until_released

    @property
    def work(self) -> Work[LeasedTask]:
        return Work(
            kind="registration",
            claim=self.claim,
            leases=self.queue,
            perform=self.perform_now,
            fail=self.fail,
            describe=lambda leased: {"request_id": leased.task.request_id},
        )

    def run(self, **options: float) -> "asyncio.Task[None]":
        chosen = LoopOptions(**{"poll_seconds": 0.001, "grace_seconds": 60, "backoff": QUICK, **options})  # type: ignore[arg-type] # of a test
        return asyncio.create_task(WorkLoop(self.work, chosen, self.ledger).run(self.stop))

    async def end(self, loop: "asyncio.Task[None]") -> None:
        self.stop.set()
        await loop

    async def until(self, condition: Callable[[], object]) -> None:
        while not condition():  # noqa: ASYNC110 -- of what no event tells
            await asyncio.sleep(0)

    async def listed(self) -> Sequence[QueuedTask]:
        return await self.queue.list_tasks(limit=100)


@pytest.fixture
async def shop() -> Workshop:
    return Workshop()


async def test_whatever_is_due_is_done(shop: Workshop) -> None:
    loop = shop.run()
    for number in range(5):
        await shop.tasks.add(f"1.{number}.0")
    await shop.until(lambda: len(shop.ledger.ended) == 5)
    await shop.end(loop)
    assert shop.ledger.ended == [("done", 1)] * 5
    assert shop.ledger.claims == 5
    assert await shop.listed() == []


async def test_no_more_is_claimed_than_is_worked_on(shop: Workshop) -> None:
    shop.hold()
    for number in range(5):
        await shop.tasks.add(f"1.{number}.0")
    loop = shop.run(concurrency=2)
    await shop.until(lambda: shop.at_once == 2)
    assert [queued.is_leased for queued in await shop.listed()].count(True) == 2
    shop.release.set()
    await shop.until(lambda: len(shop.ledger.ended) == 5)
    await shop.end(loop)
    assert shop.most_at_once == 2


async def test_a_lease_is_renewed_while_its_work_goes_on(shop: Workshop) -> None:
    shop.hold()
    task = await shop.tasks.add()
    loop = shop.run(lease_seconds=0.003)
    await shop.started.wait()
    first = shop.store.tasks[task.id].due_at
    shop.clock.advance(seconds=0.002)
    await shop.until(lambda: shop.store.tasks[task.id].due_at > first)
    shop.release.set()
    await shop.end(loop)
    assert shop.ledger.ended == [("done", 1)]


async def test_work_whose_lease_is_lost_is_cancelled(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrypoints.work.loop._SETTLE_SECONDS", 0.001)
    shop.hold()
    await shop.tasks.add()
    loop = shop.run(lease_seconds=0.003, concurrency=1)
    await shop.started.wait()
    shop.clock.advance(seconds=1)
    other = await shop.tasks.claim_one()
    await shop.until(lambda: shop.ledger.ended)
    assert shop.ledger.ended == [("lease_lost", 1)]
    assert shop.at_once == 0
    assert await shop.queue.renew(other, seconds=60)
    await shop.end(loop)


async def test_when_it_stops_it_claims_no_more_and_finishes_what_it_has(shop: Workshop) -> None:
    shop.hold()
    await shop.tasks.add()
    loop = shop.run(concurrency=1)
    await shop.started.wait()
    await shop.tasks.add("1.1.0")
    shop.stop.set()
    shop.release.set()
    await loop
    assert shop.ledger.ended == [("done", 1)]
    assert [queued.attempts for queued in await shop.listed()] == [0]


async def test_what_is_not_finished_within_the_grace_is_given_back_uncounted(shop: Workshop) -> None:
    shop.hold()
    await shop.tasks.add()
    loop = shop.run(grace_seconds=0.001)
    await shop.started.wait()
    await shop.end(loop)
    assert shop.ledger.ended == [("given_back", 1)]
    [queued] = await shop.listed()
    assert (queued.attempts, queued.is_leased) == (0, False)


async def test_an_outage_of_the_queue_ends_no_loop(shop: Workshop) -> None:
    shop.store.unavailable = True
    loop = shop.run()
    await asyncio.sleep(0.01)
    assert not loop.done()
    shop.store.unavailable = False
    await shop.tasks.add()
    await shop.until(lambda: shop.ledger.ended)
    await shop.end(loop)
    assert shop.ledger.ended == [("done", 1)]


async def test_an_outage_in_the_middle_of_work_leaves_the_task_to_its_lease(shop: Workshop) -> None:
    shop.hold()
    await shop.tasks.add()
    loop = shop.run()
    await shop.started.wait()
    shop.store.unavailable = True
    shop.release.set()
    await shop.until(lambda: shop.ledger.ended)
    assert shop.ledger.ended == [("unreachable", 1)]
    shop.store.unavailable = False
    shop.clock.advance(seconds=60)
    await shop.until(lambda: len(shop.ledger.ended) == 2)
    await shop.end(loop)
    assert shop.ledger.ended[1] == ("done", 2)


async def test_a_defect_is_the_works_and_not_the_loops(shop: Workshop) -> None:
    async def broken(_: LeasedTask) -> TaskOutcome:
        raise ZeroDivisionError

    shop.perform = broken
    await shop.tasks.add()
    loop = shop.run()
    await shop.until(lambda: shop.ledger.ended)
    shop.perform = shop.finish
    await shop.tasks.add("1.1.0")
    await shop.until(lambda: len(shop.ledger.ended) == 2)
    await shop.end(loop)
    assert [type(error) for error in shop.failures] == [ZeroDivisionError]
    assert shop.ledger.ended == [("abandoned", 1), ("done", 1)]


async def test_queues_are_measured_also_where_nobody_works(shop: Workshop) -> None:
    await shop.tasks.add()
    measures = {"registration": measure_queue("registration", lambda: shop.queue.measure(TaskKind.REGISTRATION))}
    async with running([], LoopOptions(), shop.ledger, measures):
        await shop.until(lambda: shop.ledger.due)
    assert shop.ledger.due == [1]


async def test_wheels_that_another_process_found_amiss_are_counted(shop: Workshop) -> None:
    checks = Checks(InMemoryVersionChecks(shop.store, shop.clock), shop.store)
    await checks.publish("1.0.0")
    [claimed] = await checks.claim()
    await checks.checks.record(claimed.lease, Availability(verdict=OriginVerdict.DRIFTED), after=timedelta())
    async with running([], LoopOptions(), shop.ledger, {"wheels": measure_wheels(checks.checks)}):
        await shop.until(lambda: shop.ledger.amiss)
    assert (shop.ledger.amiss, shop.ledger.verdicts) == ({"drifted": 1, "unreachable": 0}, [])
