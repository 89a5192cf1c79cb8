"""A queue of tasks in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from adapters.memory.tasks import HeldTask
from adapters.memory.version_repository import InMemoryVersionRepository
from application.ports.clock import Clock
from domain.tasks import Lease, LeasedTask, QueueDepth, QueuedTask, TaskKind


class InMemoryTaskQueue:
    """Leases the tasks of a store in memory; implements the ports of ``application.ports.task_queue``."""

    def __init__(self, store: InMemoryVersionRepository, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def claim(
        self, kind: TaskKind, *, seconds: float, limit: int, without: Collection[str] = (), only: str | None = None
    ) -> Sequence[LeasedTask]:
        await self._store.ping()
        now = self._clock.now()
        eligible = [
            held
            for held in self._due(kind, now)
            if held.task.namespace not in without and only in {None, held.task.namespace}
        ]
        chosen = sorted(eligible, key=lambda held: held.due_at)[:limit]
        for held in chosen:
            held.token, held.due_at, held.attempts = uuid4(), now + timedelta(seconds=seconds), held.attempts + 1
        return [
            LeasedTask(
                held.task,
                Lease(id=held.task.id, token=held.token, attempt=held.attempts),
                age=now - held.task.created_at,
            )
            for held in chosen
            if held.token is not None
        ]

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        held = await self._held(lease)
        if held is not None:
            held.due_at = self._clock.now() + timedelta(seconds=seconds)
        return held is not None

    async def give_back(self, lease: Lease) -> bool:
        held = await self._held(lease)
        if held is not None:
            held.token, held.due_at, held.attempts = None, self._clock.now(), held.attempts - 1
        return held is not None

    async def finish(self, lease: Lease) -> bool:
        held = await self._held(lease)
        if held is not None:
            del self._store.tasks[lease.id]
        return held is not None

    async def retry(self, lease: Lease, *, after: timedelta, error: str) -> bool:
        held = await self._held(lease)
        if held is not None:
            held.token, held.due_at, held.last_error = None, self._clock.now() + after, error
        return held is not None

    async def count(self, kind: TaskKind, namespace: str, *, limit: int) -> int:
        await self._store.ping()
        of_kind = (held for held in self._store.tasks.values() if held.task.kind.value == kind.value)
        return min(sum(held.task.namespace == namespace for held in of_kind), limit)

    async def measure(self, kind: TaskKind) -> QueueDepth:
        await self._store.ping()
        now = self._clock.now()
        since = [held.due_at for held in self._due(kind, now)]
        return QueueDepth(due=len(since), oldest=now - min(since, default=now))

    async def list_tasks(self, *, limit: int) -> Sequence[QueuedTask]:
        await self._store.ping()
        return [
            QueuedTask(
                task=held.task,
                due_at=held.due_at,
                attempts=held.attempts,
                is_leased=held.token is not None,
                last_error=held.last_error,
            )
            for held in sorted(self._store.tasks.values(), key=lambda held: held.due_at)[:limit]
        ]

    async def make_due(self, task_id: UUID) -> bool:
        await self._store.ping()
        held, now = self._store.tasks.get(task_id), self._clock.now()
        if held is None or (held.token is not None and held.due_at > now):
            return False
        held.token, held.due_at, held.attempts = None, now, 0
        return True

    def _due(self, kind: TaskKind, now: datetime) -> list[HeldTask]:
        return [
            held for held in self._store.tasks.values() if held.task.kind.value == kind.value and held.due_at <= now
        ]

    async def _held(self, lease: Lease) -> HeldTask | None:
        await self._store.ping()
        return self._store.tasks.held(lease)
