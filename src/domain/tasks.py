"""Work that is done later: what it is, who may do it, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class TaskKind(StrEnum):
    """What kinds of tasks there are."""

    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to do, due as soon as it is added.

    Attributes:
        id: Unguessable.
        key: There is at most one task of a kind and key at a time.
        payload: JSON. Holds no secrets.
        request_id: Name of the request that caused it.
    """

    id: UUID
    kind: TaskKind
    key: str
    payload: str
    created_at: datetime
    request_id: str | None = None

    @property
    def namespace(self) -> str:
        """Whose it is: what its key begins with, before the slash."""
        return self.key.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on something until the lease ends. Who claims it afterwards has another token.

    Attributes:
        attempt: How often it was claimed, this time included.
    """

    id: UUID
    token: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class LeasedTask:
    """A task that was claimed.

    Attributes:
        age: For how long there had been the task when it was claimed, whatever became of its attempts.
    """

    task: Task
    lease: Lease
    age: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When an attempt is followed by another one.

    Attributes:
        max_attempts: Attempts that ended with their process count too; those that were given back do not.
        deadline: No attempt begins when there has been the task for longer, however few there were.
        first_delay: The longest delay after the first attempt; it doubles with each further one.
        longest_delay: Where the doubling ends.
    """

    max_attempts: int = 3
    deadline: timedelta = timedelta(days=1)
    first_delay: timedelta = timedelta(seconds=15)
    longest_delay: timedelta = timedelta(minutes=5)

    def allows(self, attempt: int, age: timedelta) -> bool:
        """Tell whether an attempt may begin.

        Args:
            attempt: Counted from 1.
            age: For how long there has been the task.
        """
        return attempt <= self.max_attempts and age <= self.deadline

    def delay(self, attempt: int, chance: float) -> timedelta:
        """Return how long to wait after an attempt: exponential backoff with full jitter.

        Args:
            attempt: Counted from 1.
            chance: Drawn evenly from 0 to 1.
        """
        doublings = min(attempt - 1, 32)  # beyond any cap, and no overflow
        return min(self.first_delay * (1 << doublings), self.longest_delay) * chance


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueBounds:
    """How many tasks of one namespace there may be. Writers at the same time may exceed it by as many as they are.

    Attributes:
        customer: Of a customer's namespace.
        platform: Of the platform's.
    """

    customer: int = 100
    platform: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """How much work waits.

    Attributes:
        due: Tasks that could be claimed now.
        oldest: For how long the oldest of them has been due; zero if there is none.
    """

    due: int
    oldest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedTask:
    """A task as operators see it.

    Attributes:
        due_at: When it can be claimed: for the first time, again, or when its lease ends.
        is_leased: Whether it was claimed and not given back. Once it is due, its lease has ended.
        last_error: How the last attempt that reported an end ended.
    """

    task: Task
    due_at: datetime
    attempts: int
    is_leased: bool
    last_error: str | None = None
