"""Slots are shared: one customer takes a quarter of them, and all customers leave one to the platform."""

from collections.abc import Sequence

import pytest

from adapters.memory.clock import ManualClock
from application.errors import StoreUnavailableError
from application.scheduling import Shares
from domain.tasks import LeasedTask
from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.work.loop import Work
from entrypoints.work.registrations import registration_work
from provider_registry_testing.task_queue import Tasks
from tests.builders import NOW


class Workshop:
    def __init__(self) -> None:
        self.adapters = MemoryAdapters(clock=ManualClock(NOW))
        self.tasks = Tasks(self.adapters.tasks, self.adapters.store)

    def work(self, slots: int) -> Work[LeasedTask]:
        build_version = build_registry(self.adapters).build_version
        return registration_work(self.adapters.tasks, build_version, Shares.of(slots))

    async def flood(self, *providers: str, count: int = 5) -> None:
        for provider in providers:
            for number in range(count):
                await self.tasks.add(f"1.{number}.0", provider=provider)


def namespaces(claimed: Sequence[LeasedTask]) -> list[str]:
    return [leased.task.namespace for leased in claimed]


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


async def test_a_customer_who_floods_the_queue_holds_a_quarter_of_the_slots(workshop: Workshop) -> None:
    await workshop.flood("acme/crm", count=20)
    await workshop.flood("zenith/erp", "platform/gcp", count=1)
    claimed = await workshop.work(8).claim(8, 30)
    assert namespaces(claimed) == ["acme", "acme", "zenith", "platform"]


async def test_customers_together_leave_a_slot_to_the_platform(workshop: Workshop) -> None:
    await workshop.flood("a/crm", "b/crm", "c/crm", "d/crm")
    work = workshop.work(4)
    assert namespaces(await work.claim(4, 30)) == ["a", "b", "c"]
    await workshop.flood("platform/gcp", count=1)
    assert namespaces(await work.claim(1, 30)) == ["platform"]


async def test_the_platform_may_take_every_slot(workshop: Workshop) -> None:
    await workshop.flood("platform/gcp")
    assert namespaces(await workshop.work(4).claim(4, 30)) == ["platform"] * 4


async def test_a_slot_is_free_again_when_its_task_ends_however_it_does(workshop: Workshop) -> None:
    await workshop.flood("acme/crm")
    work = workshop.work(4)
    [leased] = await work.claim(4, 30)
    assert await work.claim(3, 30) == []
    with pytest.raises(KeyError):  # the payload is no registration
        await work.perform(leased)
    assert len(await work.claim(4, 30)) == 1


async def test_one_slot_serves_everybody(workshop: Workshop) -> None:
    await workshop.flood("acme/crm", count=1)
    assert namespaces(await workshop.work(1).claim(1, 30)) == ["acme"]


async def test_what_was_claimed_before_an_outage_is_done(workshop: Workshop) -> None:
    await workshop.flood("platform/gcp")
    queue = workshop.adapters.tasks
    claim, answers = queue.claim, iter([True, False, False])

    class Failing(type(queue)):  # type: ignore[misc] # the queue of a store that fails later
        async def claim(self, *of: object, **limits: object) -> Sequence[LeasedTask]:
            if not next(answers):
                raise StoreUnavailableError("the database is gone")
            return await claim(*of, **limits)  # type: ignore[arg-type]

    failing = Failing(workshop.adapters.store, workshop.adapters.clock)
    work = registration_work(failing, build_registry(workshop.adapters).build_version, Shares.of(4))
    assert len(await work.claim(4, 30)) == 1
    with pytest.raises(StoreUnavailableError):
        await work.claim(3, 30)
