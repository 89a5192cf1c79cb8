"""Receivers of webhooks in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from application.ports.clock import Clock
from application.ports.log_queries import LogQueries
from application.ports.webhook_queue import LeasedReceiver
from domain.tasks import Lease
from domain.webhooks.receivers import Progress, Receiver


@dataclass(slots=True)
class _Row:
    receiver: Receiver
    due_at: datetime
    id: UUID = field(default_factory=uuid4)
    attempts: int = 0
    token: UUID | None = None


class InMemoryWebhookReceivers:
    """Holds and leases receivers; implements the ports ``WebhookReceivers`` and ``WebhookQueue``."""

    def __init__(self, log: LogQueries, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._rows: dict[str, _Row] = {}

    async def add(self, receiver: Receiver) -> bool:
        return receiver.name not in self._rows and bool(
            self._rows.setdefault(receiver.name, _Row(receiver, self._clock.now()))
        )

    async def find(self, name: str) -> Receiver | None:
        row = self._rows.get(name)
        return None if row is None else row.receiver

    async def list_receivers(self) -> Sequence[Receiver]:
        return [row.receiver for _, row in sorted(self._rows.items())]

    async def change(self, name: str, change: Callable[[Receiver], Receiver]) -> Receiver | None:
        row = self._rows.get(name)
        if row is None:
            return None
        row.receiver = change(row.receiver)
        now = self._clock.now()
        row.due_at = now if row.token is None else max(now, row.due_at)
        row.token, row.attempts = None, 0
        return row.receiver

    async def remove(self, name: str) -> bool:
        return self._rows.pop(name, None) is not None

    async def claim(self, *, seconds: float, limit: int) -> Sequence[LeasedReceiver]:
        due = [row for row in self._rows.values() if await self._has_next(row.receiver.progress)]
        now, claimed = self._clock.now(), list[LeasedReceiver]()
        for row in sorted(due, key=lambda row: row.due_at):
            if len(claimed) < limit and row.due_at <= now:
                row.token, row.due_at, row.attempts = uuid4(), now + timedelta(seconds=seconds), row.attempts + 1
                lease = Lease(id=row.id, token=row.token, attempt=row.attempts)
                claimed.append(LeasedReceiver(row.receiver, lease))
        return claimed

    async def record(self, lease: Lease, progress: Progress, *, release_after: timedelta | None = None) -> bool:
        row = self._held(lease)
        if row is None:
            return False
        row.receiver = replace(row.receiver, progress=progress)
        if release_after is not None:
            row.token, row.attempts, row.due_at = None, 0, self._clock.now() + release_after
        return True

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        row = self._held(lease)
        if row is not None:
            row.due_at = self._clock.now() + timedelta(seconds=seconds)
        return row is not None

    async def give_back(self, lease: Lease) -> bool:
        row = self._held(lease)
        if row is not None:
            row.token, row.attempts, row.due_at = None, row.attempts - 1, self._clock.now()
        return row is not None

    async def _has_next(self, progress: Progress) -> bool:
        return progress.stop is None and bool(await self._log.list_entries(progress.cursor, progress.cursor + 1))

    def _held(self, lease: Lease) -> _Row | None:
        return next((row for row in self._rows.values() if (row.id, row.token) == (lease.id, lease.token)), None)
