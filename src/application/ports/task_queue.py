"""Claiming tasks, so that each is done by one worker at a time, whatever dies."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Protocol

from application.ports.leases import Leases
from application.ports.task_counts import TaskCounts
from domain.tasks import Lease, LeasedTask, QueueDepth, TaskKind


class TaskQueue(Leases, TaskCounts, Protocol):
    """Holds tasks until they are done.

    Tasks are added, and finished with an outcome, in transactions of the ``VersionRepository``.
    """

    async def claim(
        self, kind: TaskKind, *, seconds: float, limit: int, without: Collection[str] = (), only: str | None = None
    ) -> Sequence[LeasedTask]:
        """Lease tasks that are due, the longest due first, for so many seconds. Counts an attempt of each.

        Concurrent callers get different tasks. A task whose lease has ended is due again.

        Args:
            kind: Of the tasks.
            seconds: How long the leases are.
            limit: At most so many.
            without: Namespaces whose turn it is not.
            only: The namespace whose turn it is; None for all others.
        """
        ...

    async def finish(self, lease: Lease) -> bool:
        """Remove a task without writing an outcome."""
        ...

    async def retry(self, lease: Lease, *, after: timedelta, error: str) -> bool:
        """End the lease; the task is due again after that time.

        Args:
            lease: Of the task.
            after: How long to wait.
            error: For operators: how the attempt ended.
        """
        ...

    async def measure(self, kind: TaskKind) -> QueueDepth:
        """Return how much waits. Takes time in proportion to what is due."""
        ...
