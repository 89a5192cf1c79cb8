"""The public history of a version."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from domain.history import LifecycleEvent
from entrypoints.http.conditional import REVALIDATE, Document
from entrypoints.http.documentation_lifecycle import HISTORY_RESPONSES
from entrypoints.http.paths import provider_name, version_or_latest
from entrypoints.http.providers import VersionParameter
from entrypoints.http.service import Service
from entrypoints.http.wire_lifecycle import LifecycleEventView


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/history",
    tags=["Providers"],
    summary="Read a version's history",
    description="Every time the version was published, failed, yanked or restored, oldest first. For published and "
    "yanked versions; `latest` works here too.",
    operation_id="readHistory",
    responses=HISTORY_RESPONSES,
)
async def read_history(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    service: NamedDependency[Service],
) -> ASGIResponse:
    """Read what happened to one public version."""

    async def produce() -> Document:
        provider = provider_name(prefix, name)
        events = await service.registry.read_history.execute(provider, version_or_latest(provider, version))
        return Document.of([event_view(event) for event in events], REVALIDATE)

    return await service.reads.answer(request.scope, prefix, name, produce)


def event_view(event: LifecycleEvent) -> LifecycleEventView:
    """Return the public representation of a step."""
    return LifecycleEventView(
        action=event.action.value,
        at=event.at,
        actor=event.actor,
        request_id=event.request_id,
        reason=event.reason,
    )
