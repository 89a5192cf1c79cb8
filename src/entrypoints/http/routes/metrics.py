"""Metrics for Prometheus."""

import asyncio
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response.base import ASGIResponse

from entrypoints.http.cache.representation import RawResponse
from entrypoints.http.middleware.security_headers import INTERNAL
from entrypoints.http.openapi import responses
from entrypoints.http.requests.content_negotiation import NotAcceptableError, negotiate
from entrypoints.http.requests.parameters import exact_path_only
from entrypoints.telemetry import Telemetry

_METRICS_EXAMPLE = """\
# HELP registry_registrations_total Attempts to register, by realm, outcome and code.
# TYPE registry_registrations_total counter
registry_registrations_total{code="",outcome="created",realm="console"} 1.0
"""


@get(
    "/metrics",
    tags=["Health"],
    summary="Read the metrics",
    description="Of all worker processes together, in Prometheus' text format or as OpenMetrics.",
    operation_id="metrics",
    responses={200: responses.response("All metrics.", _METRICS_EXAMPLE, media_type="text/plain")},
    guards=[exact_path_only],
    opt=INTERNAL,
)
async def metrics(
    request: Request[Any, Any, Any], telemetry: NamedDependency[SkipValidation[Telemetry]]
) -> ASGIResponse:
    """Show all metrics."""
    expose = telemetry.expose
    if expose is None:
        raise AssertionError("the route is served only when there are metrics")
    offered = {media_type.partition(";")[0]: media_type for media_type in expose}
    try:
        media_type = negotiate(request, offered)
    except NotAcceptableError:  # scrapers get the text format whatever they ask for
        media_type = next(iter(expose))
    body = await asyncio.to_thread(expose[media_type])  # it reads the files of all workers
    fields = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"vary", b"Accept"),
    ]
    return RawResponse(200, fields, body)
