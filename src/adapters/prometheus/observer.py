"""An observer that counts."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from time import perf_counter

from prometheus_client import CollectorRegistry, Gauge, Histogram

from adapters.prometheus.metrics import Metrics
from application.ports.observer import Answer, Attempt, Stage

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class PrometheusObserver:
    """Keeps metrics; implements ``application.ports.observer.Observer``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Add the metrics to a Prometheus registry."""
        self._metrics = Metrics(registry)
        # Labels are looked up once: it takes as long as counting does.
        self._requests = cache(self._metrics.requests.labels)
        self._registering = cache(self._metrics.registrations_in_flight.labels)
        self._registrations = cache(self._metrics.registrations.labels)
        self._durations = cache(self._metrics.registration_durations.labels)
        self._stages = {
            stage: (self._metrics.stages_in_flight.labels(stage.value), self._metrics.stages.labels(stage.value))
            for stage in Stage
        }

    def answered(self, answer: Answer) -> None:
        """Count an answer. A method that HTTP does not know is ``other``: callers choose no label."""
        method = answer.method if answer.method in _METHODS else "other"
        self._requests(method, answer.route, answer.status).observe(answer.seconds)

    def registering(self, realm: str) -> AbstractContextManager[None]:
        """Count an attempt as in flight."""
        return self._registering(realm).track_inprogress()

    def registered(self, attempt: Attempt) -> None:
        """Count an attempt."""
        self._registrations(attempt.realm, attempt.outcome.value, attempt.code).inc()
        self._durations(attempt.realm, attempt.outcome.value).observe(attempt.seconds)

    def stage(self, stage: Stage) -> AbstractContextManager[None]:
        """Time a stage."""
        return _Timed(*self._stages[stage])

    def fetched(self, host: str, size: int) -> None:  # noqa: ARG002 -- callers choose no label
        """Count a wheel's bytes."""
        self._metrics.wheels.observe(size)

    @contextmanager
    def authority_call(self, operation: str) -> Iterator[None]:
        """Time a call."""
        started = perf_counter()
        outcome = "failed"
        try:
            yield
            outcome = "answered"
        finally:
            self._metrics.clerk_calls.labels(operation, outcome).observe(perf_counter() - started)

    def verification_declined(self, reason: str) -> None:
        """Count it."""
        self._metrics.verifications_declined.labels(reason).inc()

    def pool_opened(self, size: int) -> None:
        """Show the pool's size."""
        self._metrics.pool_size.set(size)

    def connections_in_use(self, count: int) -> None:
        """Show how many are in use."""
        self._metrics.connections.set(count)


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
