"""Logs, metrics and traces of a process."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from adapters.instrumentation import NULL_OBSERVER, AuthorityObserver, MirrorObserver, PoolObserver, StageObserver
from adapters.logs import LoggingObserver
from entrypoints.settings import TracingSettings
from entrypoints.telemetry import FileObserver, RegistrationObserver, RequestObserver, Telemetry


class Instrumentation(StageObserver, MirrorObserver, AuthorityObserver, PoolObserver, Protocol):
    """Observes all adapters."""


class StagesOfRegistrations(RegistrationObserver, StageObserver, Protocol):
    """Observes registrations and the stages within them."""


class FilesOfMirrors(MirrorObserver, FileObserver, Protocol):
    """Observes a mirror and its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeObserver:
    """Several observers as one."""

    requests: Sequence[RequestObserver] = ()
    registrations: Sequence[StagesOfRegistrations] = ()
    authorities: Sequence[AuthorityObserver] = ()
    pools: Sequence[PoolObserver] = ()
    mirrors: Sequence[FilesOfMirrors] = ()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        for observer in self.requests:
            observer.answered(method, route, status, seconds)

    def registering(self, realm: str) -> AbstractContextManager[None]:
        return _all([observer.registering(realm) for observer in self.registrations])

    def registered(self, realm: str, outcome: str, code: str, seconds: float) -> None:
        for observer in self.registrations:
            observer.registered(realm, outcome, code, seconds)

    def stage(self, stage: str) -> AbstractContextManager[None]:
        return _all([observer.stage(stage) for observer in self.registrations])

    def fetched(self, host: str, size: int) -> None:
        for observer in self.registrations:
            observer.fetched(host, size)

    def mirror_operation(self, operation: str) -> AbstractContextManager[None]:
        return _all([observer.mirror_operation(operation) for observer in self.mirrors])

    def file_served(self, part: str, size: int) -> None:
        for observer in self.mirrors:
            observer.file_served(part, size)

    def file_corrupt(self, part: str) -> None:
        for observer in self.mirrors:
            observer.file_corrupt(part)

    def authority_call(self, operation: str) -> AbstractContextManager[None]:
        return _all([observer.authority_call(operation) for observer in self.authorities])

    def verification_declined(self, reason: str) -> None:
        for observer in self.authorities:
            observer.verification_declined(reason)

    def pool_opened(self, size: int) -> None:
        for observer in self.pools:
            observer.pool_opened(size)

    def connections_in_use(self, count: int) -> None:
        for observer in self.pools:
            observer.connections_in_use(count)


@contextmanager
def _all(contexts: Sequence[AbstractContextManager[None]]) -> Iterator[None]:
    with ExitStack() as stack:
        for context in contexts:
            stack.enter_context(context)
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessTelemetry(Telemetry):
    """The telemetry of a process, and the hooks of its adapters."""

    instrumentation: Instrumentation = NULL_OBSERVER


def open_telemetry(tracing: TracingSettings, *, shared_metrics: Path | None = None) -> ProcessTelemetry:
    """Set up log lines and metrics, and traces if the settings name a receiver.

    Args:
        tracing: Without an endpoint, OpenTelemetry is not imported.
        shared_metrics: Folder through which the workers of one server share their metrics.
    """
    # Not at the top: the client reads the folder that workers share once, when it is imported.
    from prometheus_client import CollectorRegistry  # noqa: PLC0415

    from adapters.prometheus.exposition import expositions  # noqa: PLC0415
    from adapters.prometheus.observer import PrometheusObserver  # noqa: PLC0415

    registry = CollectorRegistry()
    metrics, logs = PrometheusObserver(registry), LoggingObserver()
    expose = expositions(registry, shared_metrics)
    if tracing.endpoint is None:
        observer = CompositeObserver(
            requests=[metrics],
            registrations=[metrics, logs],
            authorities=[metrics],
            pools=[metrics],
            mirrors=[metrics],
        )
        return ProcessTelemetry(observer=observer, instrumentation=observer, tasks=metrics, log=metrics, expose=expose)
    from adapters.tracing.observer import TracingObserver  # noqa: PLC0415 -- an optional extra
    from adapters.tracing.provider import open_provider  # noqa: PLC0415 -- likewise

    provider = open_provider(tracing.endpoint)
    tracer = provider.get_tracer("provider-registry")
    spans = TracingObserver(tracer)
    observer = CompositeObserver(
        requests=[metrics],
        registrations=[metrics, logs, spans],
        authorities=[metrics, spans],
        pools=[metrics],
        mirrors=[metrics],
    )
    return ProcessTelemetry(
        observer=observer,
        instrumentation=observer,
        tasks=metrics,
        log=metrics,
        expose=expose,
        tracer=tracer,
        close=provider.shutdown,
    )
