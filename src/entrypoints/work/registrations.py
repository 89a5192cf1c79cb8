"""Registrations that were accepted, as work for a loop."""

from collections import Counter
from collections.abc import Mapping, Sequence

from application.errors import StoreUnavailableError
from application.ports.task_queue import TaskQueue
from application.scheduling import Shares
from application.use_cases.build_version import BuildVersion
from domain.names import PLATFORM
from domain.tasks import LeasedTask, TaskKind
from entrypoints.telemetry import TaskOutcome
from entrypoints.work.loop import Work


def registration_work(queue: TaskQueue, build_version: BuildVersion, shares: Shares) -> Work[LeasedTask]:
    """Return the work of building versions.

    Args:
        queue: Where the tasks are.
        build_version: Does them.
        shares: How many of them are done at once, and for whom.
    """
    turns = _Turns(queue, shares)

    async def perform(leased: LeasedTask) -> TaskOutcome:
        try:
            return TaskOutcome(await build_version.execute(leased))
        finally:
            turns.end(leased)

    async def fail(leased: LeasedTask, error: Exception) -> TaskOutcome:
        return TaskOutcome(await build_version.fail(leased, f"a defect of the registry ({type(error).__name__})"))

    return Work(
        kind=TaskKind.REGISTRATION.value,
        claim=turns.claim,
        leases=queue,
        perform=perform,
        fail=fail,
        describe=_described,
    )


class _Turns:
    """Claims what the shares of this process have room for: slow hosts of customers leave a slot to the platform."""

    def __init__(self, queue: TaskQueue, shares: Shares) -> None:
        self._queue = queue
        self._shares = shares
        self._running: Counter[str] = Counter()

    async def claim(self, limit: int, seconds: float) -> Sequence[LeasedTask]:
        """Claim one at a time, since each changes whose turn it is."""
        claimed: list[LeasedTask] = []
        while len(claimed) < limit:
            try:
                found = await self._claim_one(seconds)
            except StoreUnavailableError:
                if not claimed:
                    raise
                break  # what was claimed is done; the next claim meets the same error
            if not found:
                break
            claimed += found
            self._running.update(leased.task.namespace for leased in found)
        return claimed

    def end(self, leased: LeasedTask) -> None:
        self._running -= Counter([leased.task.namespace])

    async def _claim_one(self, seconds: float) -> Sequence[LeasedTask]:
        customers = {namespace: count for namespace, count in self._running.items() if namespace != PLATFORM}
        return await self._queue.claim(
            TaskKind.REGISTRATION,
            seconds=seconds,
            limit=1,
            without=[namespace for namespace, count in customers.items() if count >= self._shares.one_customer],
            only=PLATFORM if sum(customers.values()) >= self._shares.customers else None,
        )


def _described(leased: LeasedTask) -> Mapping[str, object]:
    provider, _, version = leased.task.key.partition("@")
    return {"request_id": leased.task.request_id, "provider": provider, "version": version}
