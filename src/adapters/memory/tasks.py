"""Tasks of a store in memory."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.tasks import Lease, Task


@dataclass(slots=True)
class HeldTask:
    """A task, and what becomes of it."""

    task: Task
    due_at: datetime
    attempts: int = 0
    token: UUID | None = None
    last_error: str | None = None


class InMemoryTasks(dict[UUID, HeldTask]):
    """The tasks of a store of versions."""

    def put(self, task: Task) -> bool:
        """Add a task, unless there is one of its kind and key. Tell whether it was added."""
        if any((held.task.kind, held.task.key) == (task.kind, task.key) for held in self.values()):
            return False
        self[task.id] = HeldTask(task, task.created_at)
        return True

    def held(self, lease: Lease) -> HeldTask | None:
        """Return the task of a lease that is the current one, or None."""
        found = self.get(lease.id)
        return found if found is not None and found.token == lease.token else None
