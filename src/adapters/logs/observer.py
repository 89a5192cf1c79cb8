"""One line for each attempt to register."""

from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter

import structlog

from application.ports.observer import Answer, Attempt, Stage


@dataclass(slots=True)
class _Record:
    """What one attempt took so far."""

    stages: dict[str, float] = field(default_factory=dict)
    wheel_host: str | None = None
    wheel_bytes: int | None = None


class _Timed(AbstractContextManager[None]):
    """A stage that is under way."""

    __slots__ = ("_record", "_stage", "_started")

    def __init__(self, record: _Record, stage: Stage) -> None:
        self._record = record
        self._stage = stage.value

    def __enter__(self) -> None:
        self._started = perf_counter()

    def __exit__(self, *_: object) -> None:
        stages = self._record.stages
        stages[self._stage] = stages.get(self._stage, 0.0) + perf_counter() - self._started


class _Recording(AbstractContextManager[None]):
    """An attempt that is under way."""

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        self._before = _record.set(_Record())

    def __exit__(self, *_: object) -> None:
        _record.reset(self._before)


_record: ContextVar[_Record | None] = ContextVar("registration_record", default=None)


class LoggingObserver:
    """Logs how attempts ended and what they took; implements ``application.ports.observer.Observer``.

    Requests and refusals have lines of their own, written where they are answered.
    """

    def __init__(self) -> None:
        """Log as it is configured now."""
        self._log = structlog.get_logger().bind()  # once: a lazy logger is made anew for every line

    def answered(self, answer: Answer) -> None:
        """Leave it to the line of the request."""

    def registering(self, realm: str) -> AbstractContextManager[None]:  # noqa: ARG002 -- the attempt tells it in the end
        """Start a record; tasks that are started meanwhile add to it."""
        return _Recording()

    def registered(self, attempt: Attempt) -> None:
        """Log the record."""
        record = _record.get() or _Record()
        self._log.info(
            "registration",
            realm=attempt.realm,
            outcome=attempt.outcome.value,
            code=attempt.code or None,
            seconds=round(attempt.seconds, 6),
            stages={stage: round(seconds, 6) for stage, seconds in record.stages.items()},
            wheel_host=record.wheel_host,
            wheel_bytes=record.wheel_bytes,
        )

    def stage(self, stage: Stage) -> AbstractContextManager[None]:
        """Add to the record, if there is one."""
        return _Timed(_record.get() or _Record(), stage)

    def fetched(self, host: str, size: int) -> None:
        """Add to the record, if there is one."""
        record = _record.get()
        if record is not None:
            record.wheel_host, record.wheel_bytes = host, size

    def authority_call(self, operation: str) -> nullcontext[None]:  # noqa: ARG002 -- failures have their own line
        """Leave it to the stage that waits for it."""
        return nullcontext()

    def verification_declined(self, reason: str) -> None:
        """Leave it to metrics."""

    def pool_opened(self, size: int) -> None:
        """Leave it to metrics."""

    def connections_in_use(self, count: int) -> None:
        """Leave it to metrics."""
