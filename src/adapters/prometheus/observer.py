"""An observer that counts."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from time import perf_counter

from prometheus_client import CollectorRegistry, Gauge, Histogram

from adapters.instrumentation import Stage
from adapters.prometheus.metrics import Metrics

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class PrometheusObserver:
    """Keeps metrics of requests, registrations, stages, the mirror, calls to the authority, the pool and tasks."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._metrics = Metrics(registry)
        # Labels are looked up once: it takes as long as counting does.
        self._requests = cache(self._metrics.requests.labels)
        self._registering = cache(self._metrics.registrations_in_flight.labels)
        self._registrations = cache(self._metrics.registrations.labels)
        self._durations = cache(self._metrics.registration_durations.labels)
        self._stages: dict[str, tuple[Gauge, Histogram]] = {
            stage: (self._metrics.stages_in_flight.labels(stage), self._metrics.stages.labels(stage)) for stage in Stage
        }

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a response. An unknown method is ``other``, so that callers choose no label."""
        self._requests(method if method in _METHODS else "other", route, status).observe(seconds)

    def registering(self, realm: str) -> AbstractContextManager[None]:
        return self._registering(realm).track_inprogress()

    def registered(self, realm: str, outcome: str, code: str, seconds: float) -> None:
        self._registrations(realm, outcome, code).inc()
        self._durations(realm, outcome).observe(seconds)

    def stage(self, stage: str) -> AbstractContextManager[None]:
        return _Timed(*self._stages[stage])

    def fetched(self, host: str, size: int) -> None:  # noqa: ARG002 -- callers choose no label
        self._metrics.wheels.observe(size)

    @contextmanager
    def authority_call(self, operation: str) -> Iterator[None]:
        started = perf_counter()
        outcome = "failed"
        try:
            yield
            outcome = "answered"
        finally:
            self._metrics.clerk_calls.labels(operation, outcome).observe(perf_counter() - started)

    @contextmanager
    def mirror_operation(self, operation: str) -> Iterator[None]:
        outcome = "failed"
        try:
            yield
            outcome = "done"
        finally:
            self._metrics.mirror_operations.labels(operation, outcome).inc()

    def file_served(self, part: str, size: int) -> None:
        self._metrics.mirror_served.labels(part).inc(size)

    def file_corrupt(self, part: str) -> None:
        self._metrics.mirror_corrupt.labels(part).inc()

    def verification_declined(self, reason: str) -> None:
        self._metrics.verifications_declined.labels(reason).inc()

    def pool_opened(self, size: int) -> None:
        self._metrics.pool_size.set(size)

    def connections_in_use(self, count: int) -> None:
        self._metrics.connections.set(count)

    def claimed(self, kind: str, count: int) -> None:
        self._metrics.tasks_claimed.labels(kind).inc(count)

    def task_ended(self, kind: str, outcome: str, attempt: int, seconds: float) -> None:
        self._metrics.tasks.labels(kind, outcome).observe(seconds)
        self._metrics.task_attempts.labels(kind).observe(attempt)

    def queue_measured(self, kind: str, due: int, oldest_seconds: float) -> None:
        self._metrics.tasks_due.labels(kind).set(due)
        self._metrics.oldest_task.labels(kind).set(oldest_seconds)

    def availability_measured(self, verdict: str, versions: int) -> None:
        self._metrics.versions_amiss.labels(verdict).set(versions)

    def verdict_changed(self, verdict: str) -> None:
        self._metrics.verdicts.labels(verdict).inc()

    def webhook_attempted(self, *, is_accepted: bool) -> None:
        self._metrics.webhook_attempts.labels("accepted" if is_accepted else "failed").inc()

    def log_appended(self, entries: int) -> None:
        self._metrics.log_entries.inc(entries)

    def log_append_failed(self, code: str) -> None:
        self._metrics.log_failures.labels(code).inc()

    def witness_asked(self, outcome: str) -> None:
        self._metrics.witnesses_asked.labels(outcome).inc()


class _Timed(AbstractContextManager[None]):
    """A stage that is under way."""

    __slots__ = ("_durations", "_in_flight", "_started")

    def __init__(self, in_flight: Gauge, durations: Histogram) -> None:
        self._in_flight = in_flight
        self._durations = durations

    def __enter__(self) -> None:
        self._in_flight.inc()
        self._started = perf_counter()

    def __exit__(self, *_: object) -> None:
        self._durations.observe(perf_counter() - self._started)
        self._in_flight.dec()
