"""Registrations that were accepted, as work for a loop."""

from collections.abc import Mapping, Sequence

from application.ports.task_queue import TaskQueue
from application.use_cases.build_version import BuildVersion
from domain.tasks import LeasedTask, TaskKind
from entrypoints.telemetry import TaskOutcome
from entrypoints.work.loop import Work


def registration_work(queue: TaskQueue, build_version: BuildVersion) -> Work[LeasedTask]:
    """Return the work of building versions."""

    async def claim(limit: int, seconds: float) -> Sequence[LeasedTask]:
        return await queue.claim(TaskKind.REGISTRATION, seconds=seconds, limit=limit)

    async def perform(leased: LeasedTask) -> TaskOutcome:
        return TaskOutcome(await build_version.execute(leased))

    async def fail(leased: LeasedTask, error: Exception) -> TaskOutcome:
        return TaskOutcome(await build_version.fail(leased, f"a defect of the registry ({type(error).__name__})"))

    return Work(
        kind=TaskKind.REGISTRATION.value, claim=claim, leases=queue, perform=perform, fail=fail, describe=_described
    )


def _described(leased: LeasedTask) -> Mapping[str, object]:
    provider, _, version = leased.task.key.partition("@")
    return {"request_id": leased.task.request_id, "provider": provider, "version": version}
