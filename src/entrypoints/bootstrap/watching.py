"""What watches a process."""

from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from adapters.logs.observer import LoggingObserver
from adapters.prometheus.exposition import expositions
from adapters.prometheus.observer import PrometheusObserver
from application.ports.observer import Observer, Observers
from entrypoints.settings import (
    TracingSettings,
)
from entrypoints.telemetry import Telemetry


def open_telemetry(tracing: TracingSettings, *, shared_metrics: Path | None = None) -> Telemetry:
    """Watch this process: log lines, metrics, and traces where the settings say where to send them.

    Args:
        tracing: Without an endpoint, nothing of OpenTelemetry is even imported.
        shared_metrics: Folder through which the workers of one server show their metrics together.
    """
    registry = CollectorRegistry()
    watching: list[Observer] = [PrometheusObserver(registry), LoggingObserver()]
    expose = expositions(registry, shared_metrics)
    if tracing.endpoint is None:
        return Telemetry(observer=Observers(watching), expose=expose)
    from adapters.tracing.observer import TracingObserver  # noqa: PLC0415 -- an optional extra
    from adapters.tracing.provider import open_provider  # noqa: PLC0415 -- likewise
    from adapters.tracing.requests import TracedRequests  # noqa: PLC0415 -- likewise

    provider = open_provider(tracing.endpoint)
    tracer = provider.get_tracer("provider-registry")
    return Telemetry(
        observer=Observers([*watching, TracingObserver(tracer)]),
        expose=expose,
        trace=partial(TracedRequests, tracer=tracer),
        close=provider.shutdown,
    )
