"""Browsing providers."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.params import FromPath, QueryParameter

from application.ports.provider_queries import CatalogPage, CatalogSearch
from application.use_cases.queries import FindProvider, SearchProviders
from domain.catalog import Author
from domain.search import Query
from entrypoints.http.cache.read_cache import cached_read, conditional_read
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.invalid_requests import FieldError
from entrypoints.http.requests.parameters import BadQueryError, provider_name, repeated_parameters, unknown_parameters
from entrypoints.presenters.catalog import PAGE_EXAMPLE, PROVIDER_EXAMPLE, page_view, provider_view

MAX_PAGE = 100
MAX_OFFSET = 2**31 - 1
_PUBLIC = "public"
_SCOPES = (_PUBLIC, "tenant")
_PARAMETERS = ("q", "scope", "tags", "limit", "offset")
_SINGLE = ("q", "limit", "offset")

Words = Annotated[
    str | None,
    QueryParameter(max_length=500, description="Words, or their beginnings, all of which a provider must have."),
]
Tags = Annotated[
    list[str] | None,
    QueryParameter(max_items=50, description="All of which a provider must have; commas separate too."),
]
Scopes = Annotated[
    list[str] | None,
    QueryParameter(
        name="scope",  # as an argument, the name is the framework's
        max_items=50,
        description="`public` is every provider, and the default. `tenant` finds none: no provider here is private.",
        schema_extra={"items": Schema(type=OpenAPIType.STRING, enum=_SCOPES)},
    ),
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
    responses=responses.read("What was found.", PAGE_EXAMPLE),
)
@conditional_read
async def search_providers(
    request: Request[Any, Any, Any],
    search_providers: NamedDependency[SearchProviders],
    platform: NamedDependency[Author],
    q: Words = None,
    scopes: Scopes = None,
    tags: Tags = None,
    limit: Limit = 20,
    offset: Offset = 0,
) -> Representation:
    """Find providers."""
    _check_query(request, scopes)
    search = catalog_search(q, tags, limit, offset)
    if scopes is None or _PUBLIC in scopes:
        page = await search_providers.execute(search)
    else:
        page = CatalogPage(entries=(), total=0)
    return Representation.of(page_view(page, search, platform=platform), REVALIDATE)


@get(
    "/providers/{prefix:str}/{name:str}",
    tags=["Providers"],
    summary="Read one provider",
    description="How it is shown, who it comes from, its latest version, and that version's readme.",
    operation_id="readProvider",
    responses=responses.read("The provider.", PROVIDER_EXAMPLE),
)
@cached_read
async def find_provider(
    prefix: FromPath[str],
    name: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    platform: NamedDependency[Author],
) -> Representation:
    """Read one provider."""
    entry = await find_provider.execute(provider_name(prefix, name))
    return Representation.of(provider_view(entry, platform=platform), REVALIDATE)


def _check_query(request: Request[Any, Any, Any], scopes: list[str] | None) -> None:
    errors = [*unknown_parameters(request, _PARAMETERS), *repeated_parameters(request, _SINGLE)]
    if any(scope not in _SCOPES for scope in scopes or ()):
        errors.append(FieldError(("query", "scope"), f"send {_PUBLIC}, or leave it out", "invalid"))
    if errors:
        raise BadQueryError(errors)


def catalog_search(q: str | None, tags: list[str] | None, limit: int, offset: int) -> CatalogSearch:
    """Return the search that parameters describe; a blank query finds every provider."""
    wanted = (tag.strip() for written in tags or () for tag in written.split(","))
    return CatalogSearch(
        query=Query.parse(q) if q and q.strip() else None,
        tags=frozenset(tag for tag in wanted if tag),
        limit=limit,
        offset=offset,
    )
