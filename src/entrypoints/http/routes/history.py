"""The public history of a version."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.use_cases.queries import ReadHistory
from entrypoints.http.cache.read_cache import cached_read
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.paging import MAX_ITEMS, EventCursor, PageLimit, next_page
from entrypoints.http.requests.parameters import provider_name, version_or_latest
from entrypoints.http.routes.providers import VersionParameter
from entrypoints.presenters.history import HISTORY_EXAMPLE, HistoryEventView, event_view


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/history",
    tags=["Providers"],
    summary="Read a version's history",
    description="Every time the version was published, failed, yanked or restored, and every change of what "
    "`/availability` says of its wheel, oldest first. For published and yanked versions; `latest` works here too. "
    f"Where there are more than {MAX_ITEMS} events, a `Link` header with "
    '`rel="next"` leads to the next ones.',
    operation_id="readHistory",
    responses=responses.read("What happened, oldest first.", HISTORY_EXAMPLE, of=list[HistoryEventView]),
)
@cached_read
async def read_history(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    read_history: NamedDependency[ReadHistory],
    limit: PageLimit = MAX_ITEMS,
    cursor: EventCursor = 0,
) -> Representation:
    """Read what happened to one public version."""
    provider = provider_name(prefix, name)
    found = await read_history.execute(provider, version_or_latest(provider, version), limit=limit + 1, offset=cursor)
    more = next_page(request.scope, limit=limit, cursor=cursor + limit) if len(found) > limit else ()
    return Representation.of([event_view(event) for event in found[:limit]], REVALIDATE, extra=more)
