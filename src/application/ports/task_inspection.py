"""Looking into tasks."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from domain.tasks import QueuedTask


class TaskInspection(Protocol):
    """Shows tasks to operators. Every method raises ``StoreUnavailableError`` when the queue is unreachable."""

    async def list_tasks(self, *, limit: int) -> Sequence[QueuedTask]:
        """Return tasks of every kind, the longest due first."""
        ...

    async def make_due(self, task_id: UUID) -> bool:
        """Make a task due now, with all its attempts before it, unless a worker has it. Tell whether it was done."""
        ...
