"""One log line for each attempt to register."""

from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter

import structlog


@dataclass(slots=True)
class _Record:
    """What one attempt took so far."""

    stages: dict[str, float] = field(default_factory=dict)
    wheel_host: str | None = None
    wheel_bytes: int | None = None


class _Timed(AbstractContextManager[None]):
    """A stage that is under way."""

    __slots__ = ("_record", "_stage", "_started")

    def __init__(self, record: _Record, stage: str) -> None:
        self._record = record
        self._stage = stage

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
    """Logs one line for each attempt to register, with the duration of each stage."""

    def __init__(self) -> None:
        self._log = structlog.get_logger().bind()  # once: a lazy logger is made anew for every line

    def registering(self, realm: str) -> AbstractContextManager[None]:  # noqa: ARG002 -- ``registered`` has it
        """Start a record; tasks that are started meanwhile add to it."""
        return _Recording()

    def registered(self, realm: str, outcome: str, code: str, seconds: float) -> None:
        record = _record.get() or _Record()
        self._log.info(
            "registration_ended",
            realm=realm,
            outcome=outcome,
            code=code or None,
            seconds=round(seconds, 6),
            stages={stage: round(spent, 6) for stage, spent in record.stages.items()},
            wheel_host=record.wheel_host,
            wheel_bytes=record.wheel_bytes,
        )

    def stage(self, stage: str) -> AbstractContextManager[None]:
        """Add to the record, if there is one."""
        return _Timed(_record.get() or _Record(), stage)

    def fetched(self, host: str, size: int) -> None:
        """Add to the record, if there is one."""
        record = _record.get()
        if record is not None:
            record.wheel_host, record.wheel_bytes = host, size
