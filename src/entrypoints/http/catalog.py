"""Browsing providers."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response.base import ASGIResponse

from application.ports.provider_catalog import CatalogSearch
from domain.search import Query
from entrypoints.http.conditional import REVALIDATE, Document
from entrypoints.http.documentation_catalog import PROVIDER_RESPONSES, SEARCH_RESPONSES
from entrypoints.http.paths import provider_name
from entrypoints.http.service import Service
from entrypoints.http.views_catalog import page_view, provider_view

MAX_PAGE = 100
MAX_OFFSET = 2**31 - 1

Words = Annotated[
    str | None,
    QueryParameter(max_length=500, description="Words, or their beginnings, all of which a provider must have."),
]
Tags = Annotated[
    list[str] | None,
    QueryParameter(max_items=50, description="All of which a provider must have; commas separate too."),
]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)]
Offset = Annotated[int, QueryParameter(ge=0, le=MAX_OFFSET)]


@get(
    "/providers",
    tags=["Providers"],
    summary="Browse and search providers",
    description="Providers with a published or yanked version. With `q`, the best first: names, display name, "
    "description and tags are searched, and when nothing is found, names that are spelt alike are.",
    operation_id="listProviders",
    responses=SEARCH_RESPONSES,
)
async def search_providers(
    request: Request[Any, Any, Any],
    service: NamedDependency[Service],
    q: Words = None,
    tags: Tags = None,
    limit: Limit = 20,
    offset: Offset = 0,
) -> ASGIResponse:
    """Find providers."""
    search = catalog_search(q, tags, limit, offset)
    page = await service.registry.search_providers.execute(search)
    view = page_view(page, search, platform=service.platform_name)
    return await service.reads.respond(request.scope, Document.of(view, REVALIDATE))


@get(
    "/providers/{prefix:str}/{name:str}",
    tags=["Providers"],
    summary="Read one provider",
    description="How it is shown, who it comes from, its latest version, and that version's readme.",
    operation_id="readProvider",
    responses=PROVIDER_RESPONSES,
)
async def find_provider(
    request: Request[Any, Any, Any], prefix: FromPath[str], name: FromPath[str], service: NamedDependency[Service]
) -> ASGIResponse:
    """Read one provider."""

    async def produce() -> Document:
        entry = await service.registry.find_provider.execute(provider_name(prefix, name))
        return Document.of(provider_view(entry, platform=service.platform_name), REVALIDATE)

    return await service.reads.answer(request.scope, prefix, name, produce)


def catalog_search(q: str | None, tags: list[str] | None, limit: int, offset: int) -> CatalogSearch:
    """Read what somebody looks for; a blank query looks for everything."""
    wanted = (tag.strip() for written in tags or () for tag in written.split(","))
    return CatalogSearch(
        query=Query.parse(q) if q and q.strip() else None,
        tags=frozenset(tag for tag in wanted if tag),
        limit=limit,
        offset=offset,
    )
