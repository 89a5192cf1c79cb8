"""Counting tasks, so that a queue does not grow without end."""

from typing import Protocol

from domain.tasks import TaskKind


class TaskCounts(Protocol):
    """Knows how much is queued for whom."""

    async def count(self, kind: TaskKind, namespace: str, *, limit: int) -> int:
        """Return how many tasks of a namespace there are, due or not, but no more than the limit.

        Raises:
            StoreUnavailableError: The queue is unreachable.
        """
        ...
