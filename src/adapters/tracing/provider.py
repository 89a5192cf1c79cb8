"""Where spans go."""

from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from adapters.tracing.receiver import new_session

EXPORT_SECONDS = 5.0
"""How long one export may take: a receiver that is away must not hold up the end of the server."""


def open_provider(endpoint: str) -> TracerProvider:
    """Export spans to an OTLP/HTTP receiver, from a thread of its own; shut the provider down to send the last ones.

    Sampling and resource attributes are OpenTelemetry's own variables to decide (``OTEL_TRACES_SAMPLER``,
    ``OTEL_RESOURCE_ATTRIBUTES``, ``OTEL_SERVICE_NAME``).
    """
    ours = Resource.create({SERVICE_NAME: "provider-registry", SERVICE_VERSION: version("provider-registry")})
    provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    traces = f"{endpoint.rstrip('/')}/v1/traces"
    exporter = OTLPSpanExporter(traces, timeout=EXPORT_SECONDS, session=new_session())
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
