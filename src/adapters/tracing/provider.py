"""Where spans go."""

import ssl
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

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


if TYPE_CHECKING:
    from requests import Session


def new_session() -> "Session":
    """Return a session that trusts the certificates it is given on every Python version alike."""
    # Not at the top: urllib3 binds a socket when it is imported, to see whether there is IPv6.
    from requests import Session  # noqa: PLC0415
    from requests.adapters import HTTPAdapter  # noqa: PLC0415
    from urllib3.util import create_urllib3_context  # noqa: PLC0415

    class Tls(HTTPAdapter):
        def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the library's signature
            context = create_urllib3_context()
            # As on Python before 3.13 and in curl: private authorities often lack extensions that RFC 5280 requires.
            context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
            super().init_poolmanager(*arguments, ssl_context=context, **options)

    session = Session()
    session.mount("https://", Tls())
    return session
