"""Metrics for Prometheus."""

from litestar import Response, get
from litestar.di import NamedDependency

from entrypoints.http.documentation import document_response
from entrypoints.http.service import Service

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METRICS_EXAMPLE = """\
# HELP registry_registrations_total Attempts to register, by realm, outcome and code.
# TYPE registry_registrations_total counter
registry_registrations_total{code="",outcome="created",realm="console"} 1.0
"""


@get(
    "/metrics",
    tags=["Health"],
    summary="Metrics",
    description="In Prometheus' text format, of all worker processes together.",
    operation_id="metrics",
    media_type=MEDIA_TYPE,
    responses={200: document_response(str, "All metrics.", METRICS_EXAMPLE, MEDIA_TYPE)},
    sync_to_thread=True,  # it reads the files of all workers
)
def metrics(service: NamedDependency[Service]) -> Response[bytes]:
    """Show all metrics."""
    expose = service.telemetry.expose
    if expose is None:
        raise AssertionError("the route is served only when there are metrics")
    return Response(expose(), media_type=MEDIA_TYPE)
