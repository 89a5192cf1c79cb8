"""Whether the service is up, and whether it can serve."""

from litestar import get
from litestar.di import NamedDependency

from application.use_cases.queries import CheckReadiness
from entrypoints.http.models.responses import HealthView
from entrypoints.http.openapi import responses


@get(
    "/health",
    tags=["Health"],
    summary="Is the process up?",
    description="Answers as long as the process does, whatever else is out of service.",
    operation_id="health",
    responses={200: responses.response("It is.", HealthView("ok"))},
)
async def health() -> HealthView:
    """Answer as long as the process does."""
    return HealthView("ok")


@get(
    "/health/ready",
    tags=["Health"],
    summary="Can requests be served?",
    description="Whether the database is reachable and has the schema that this release needs.",
    operation_id="ready",
    responses={200: responses.response("They can.", HealthView("ready"))},
)
async def ready(check_readiness: NamedDependency[CheckReadiness]) -> HealthView:
    """Answer when the database is reachable and has the schema that this release needs."""
    await check_readiness.execute()
    return HealthView("ready")
