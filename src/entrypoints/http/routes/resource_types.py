"""Searching resource types."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.use_cases.queries import SearchResources
from domain.search import Query
from entrypoints.http.cache.read_cache import conditional_read
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.parameters import BadQueryError, repeated_parameters, unknown_parameters
from entrypoints.http.routes.catalog import Limit
from entrypoints.presenters.resource_search import HITS_EXAMPLE, hits_view

_PARAMETERS = ("q", "limit")

Sought = Annotated[
    str,
    QueryParameter(max_length=500, description="Words, or their beginnings, all of which a resource type must have."),
]


@get(
    "/resource-types",
    tags=["Schemas"],
    summary="Search resource types",
    description="Resource types of the latest versions of all providers, the best first: their names, the names of "
    "their top-level fields, and their descriptions are searched. There is no paging; use more words instead.",
    operation_id="searchResourceTypes",
    responses=responses.read("What was found.", HITS_EXAMPLE),
)
@conditional_read
async def search_resource_types(
    request: Request[Any, Any, Any],
    search_resources: NamedDependency[SearchResources],
    q: Sought,
    limit: Limit = 20,
) -> Representation:
    """Find resource types."""
    errors = [*unknown_parameters(request, _PARAMETERS), *repeated_parameters(request, _PARAMETERS)]
    if errors:
        raise BadQueryError(errors)
    query = Query.parse(q)
    page = await search_resources.execute(query, limit=limit)
    return Representation.of(hits_view(page, query, limit=limit), REVALIDATE)
