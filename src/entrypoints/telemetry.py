"""Telemetry of a process, as entrypoints see it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer  # an optional extra


class Outcome(StrEnum):
    """How an attempt to register ended."""

    CREATED = "created"
    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    DRY_RUN = "dry_run"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ERROR = "error"


class TaskOutcome(StrEnum):
    """How an attempt of a task ended.

    ``DONE``, ``REFUSED`` and ``ABANDONED`` end the task; after the others it is tried again.
    """

    DONE = "done"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    RETRIED = "retried"
    GIVEN_BACK = "given_back"
    LEASE_LOST = "lease_lost"
    UNREACHABLE = "unreachable"


class RequestObserver(Protocol):
    """Observes requests. Its method neither raises nor waits."""

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Record a response.

        Args:
            method: As the request has it.
            route: The template of its path, never the path: there are few of them.
            status: The status code.
            seconds: Until the response began.
        """
        ...


class RegistrationObserver(Protocol):
    """Observes attempts to register. Its methods neither raise nor wait."""

    def registering(self, realm: str) -> AbstractContextManager[None]:
        """Return a context for an attempt to register; ``registered`` is called within it."""
        ...

    def registered(self, realm: str, outcome: str, code: str, seconds: float) -> None:
        """Record how an attempt ended.

        Args:
            realm: ``console`` or ``customer``, whose route was called.
            outcome: A value of ``Outcome``.
            code: Of the error; empty if the version is there.
            seconds: From the head of the request to its response.
        """
        ...


class FileObserver(Protocol):
    """Observes the mirror's files. Its methods neither raise nor wait."""

    def file_served(self, part: str, size: int) -> None:
        """Record a response with so many bytes of a wheel or of its metadata, as it begins."""
        ...

    def file_corrupt(self, part: str) -> None:
        """Record that a copy was not served, as it is not the file that it was."""
        ...


class HttpObserver(RequestObserver, RegistrationObserver, FileObserver, Protocol):
    """Observes all that the HTTP server does."""


class TaskObserver(Protocol):
    """Observes work that was queued. Its methods neither raise nor wait."""

    def claimed(self, kind: str, count: int) -> None:
        """Record that so many tasks were claimed."""
        ...

    def task_ended(self, kind: str, outcome: str, attempt: int, seconds: float) -> None:
        """Record how an attempt ended.

        Args:
            kind: Of the task.
            outcome: A value of ``TaskOutcome``.
            attempt: Counted from 1.
            seconds: How long it took.
        """
        ...

    def queue_measured(self, kind: str, due: int, oldest_seconds: float) -> None:
        """Record how many tasks could be claimed, and for how long the oldest of them could have been."""
        ...

    def availability_measured(self, verdict: str, versions: int) -> None:
        """Record of how many public versions the wheels are ``drifted`` or ``unreachable`` on their hosts now."""
        ...

    def verdict_changed(self, verdict: str) -> None:
        """Record that a wheel on its host is now ``intact``, ``drifted`` or ``unreachable``, and was not before."""
        ...

    def webhook_attempted(self, *, is_accepted: bool) -> None:
        """Record an attempt to deliver an event to a receiver."""
        ...


class LogObserver(Protocol):
    """Observes appending to the transparency log. Its methods neither raise nor wait."""

    def log_appended(self, entries: int) -> None:
        """Record that so many entries were appended."""
        ...

    def log_append_failed(self, code: str) -> None:
        """Record that appending failed, and the code of the error."""
        ...

    def witness_asked(self, outcome: str) -> None:
        """Record that a witness was asked, and the ``WitnessOutcome`` of it."""
        ...


class NullHttpObserver:
    """Observes nothing."""

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Do nothing."""

    def registering(self, realm: str) -> AbstractContextManager[None]:  # noqa: ARG002 -- the protocol's signature
        return nullcontext()

    def registered(self, realm: str, outcome: str, code: str, seconds: float) -> None:
        """Do nothing."""

    def file_served(self, part: str, size: int) -> None:
        """Do nothing."""

    def file_corrupt(self, part: str) -> None:
        """Do nothing."""


NULL_HTTP_OBSERVER = NullHttpObserver()


class NullTaskObserver:
    """Observes nothing."""

    def claimed(self, kind: str, count: int) -> None:
        """Do nothing."""

    def task_ended(self, kind: str, outcome: str, attempt: int, seconds: float) -> None:
        """Do nothing."""

    def queue_measured(self, kind: str, due: int, oldest_seconds: float) -> None:
        """Do nothing."""

    def availability_measured(self, verdict: str, versions: int) -> None:
        """Do nothing."""

    def verdict_changed(self, verdict: str) -> None:
        """Do nothing."""

    def webhook_attempted(self, *, is_accepted: bool) -> None:
        """Do nothing."""


NULL_TASK_OBSERVER = NullTaskObserver()


class NullLogObserver:
    """Observes nothing."""

    def log_appended(self, entries: int) -> None:
        """Do nothing."""

    def log_append_failed(self, code: str) -> None:
        """Do nothing."""

    def witness_asked(self, outcome: str) -> None:
        """Do nothing."""


NULL_LOG_OBSERVER = NullLogObserver()


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """What observes requests, and how metrics and traces leave the process.

    Attributes:
        expose: Renders all metrics, by media type; the first one is the default. None serves no metrics.
        tracer: Makes a span of each request. None makes none.
        close: Flushes what is buffered; may take some seconds.
    """

    observer: HttpObserver = NULL_HTTP_OBSERVER
    tasks: TaskObserver = NULL_TASK_OBSERVER
    log: LogObserver = NULL_LOG_OBSERVER
    expose: Mapping[str, Callable[[], bytes]] | None = None
    tracer: "Tracer | None" = None
    close: Callable[[], None] = _nothing
