"""Browsing providers."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.params import FromPath, QueryParameter

from application.ports.provider_queries import CatalogOrder, CatalogPage, CatalogSearch, ReleasePlace
from application.use_cases.list_tags import ListTags
from application.use_cases.queries import FindProvider, SearchProviders
from domain.catalog import Author
from domain.search import Query
from entrypoints.http.cache.read_cache import cached_read, conditional_read
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.invalid_requests import FieldError
from entrypoints.http.requests.paging import (
    ReleaseCursor,
    bad_parameter,
    next_page,
    release_cursor,
    write_release_cursor,
)
from entrypoints.http.requests.parameters import BadQueryError, provider_name, repeated_parameters, unknown_parameters
from entrypoints.presenters.catalog import (
    PAGE_EXAMPLE,
    PROVIDER_EXAMPLE,
    TAGS_EXAMPLE,
    page_view,
    provider_view,
    tags_view,
)

MAX_PAGE = 100
MAX_OFFSET = 2**31 - 1
_PUBLIC = "public"
_SCOPES = (_PUBLIC, "tenant")
_PARAMETERS = ("q", "scope", "tags", "sort", "limit", "offset", "cursor")
_SINGLE = ("q", "sort", "limit", "offset", "cursor")

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
Sort = Annotated[
    str | None,
    QueryParameter(
        max_length=20,
        description="`name` is the default; `recent`: the last release first. Not with `q`, which ranks what is found.",
        schema_extra={"enum": [order.value for order in CatalogOrder]},
    ),
]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)]
Offset = Annotated[int, QueryParameter(ge=0, le=MAX_OFFSET, description="Leave out so many. Not of `sort=recent`.")]


@get(
    "/providers",
    tags=["Providers"],
    summary="Browse and search providers",
    description="Providers with a published or yanked version. With `q`, the best first: names, display name, "
    "description and tags are searched, and when nothing is found, names that are spelt alike are.\n\n"
    'With `sort=recent`, the last release first, and a `Link` header with `rel="next"` leads to the next ones. A '
    "provider that is released meanwhile moves to the front: it does not come twice, and may be left out.",
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
    sort: Sort = None,
    limit: Limit = 20,
    offset: Offset = 0,
    cursor: ReleaseCursor = None,
) -> Representation:
    """Find providers."""
    _check_query(request, scopes)
    search = catalog_search(q, tags, limit, offset, sort=sort, cursor=cursor)
    if scopes is None or _PUBLIC in scopes:
        page = await search_providers.execute(search)
    else:
        page = CatalogPage(entries=(), total=0)
    more = () if page.more_after is None else _next_page(request, search, page.more_after)
    return Representation.of(page_view(page, search, platform=platform), REVALIDATE, extra=more)


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


@get(
    "/tags",
    tags=["Providers"],
    summary="List the tags most used",
    description="The most used first, counted among the providers that were released last; of a small catalog, among "
    "all. The counts may be a minute old. `GET /providers?tags=` finds the providers of a tag.",
    operation_id="listTags",
    responses=responses.read("The tags.", TAGS_EXAMPLE),
)
@conditional_read
async def read_tags(list_tags: NamedDependency[ListTags]) -> Representation:
    """List the tags most used."""
    return Representation.of(tags_view(await list_tags.execute()), REVALIDATE)


def _check_query(request: Request[Any, Any, Any], scopes: list[str] | None) -> None:
    errors = [*unknown_parameters(request, _PARAMETERS), *repeated_parameters(request, _SINGLE)]
    if any(scope not in _SCOPES for scope in scopes or ()):
        errors.append(FieldError(("query", "scope"), f"send {_PUBLIC}, or leave it out", "invalid"))
    if errors:
        raise BadQueryError(errors)


def catalog_search(
    q: str | None,
    tags: list[str] | None,
    limit: int,
    offset: int,
    *,
    sort: str | None,
    cursor: str | None,
) -> CatalogSearch:
    """Return the search that parameters describe; a blank query finds every provider.

    Raises:
        ValidationException: There is no such order, or a parameter would be ignored beside the others.
    """
    if sort is not None and sort not in set(CatalogOrder):
        raise bad_parameter("sort", f"send {' or '.join(CatalogOrder)}")
    wanted = (tag.strip() for written in tags or () for tag in written.split(","))
    search = CatalogSearch(
        query=Query.parse(q) if q and q.strip() else None,
        tags=frozenset(tag for tag in wanted if tag),
        order=CatalogOrder(sort or CatalogOrder.NAME),
        limit=limit,
        offset=offset,
        after=release_cursor(cursor),
    )
    if search.query is not None and sort is not None:
        raise bad_parameter("sort", "leave it out, or q: what has the words of q comes best first")
    if search.is_by_release and offset:
        raise bad_parameter("offset", "leave it out with sort=recent, and send the cursor of the page before")
    if search.after is not None and not search.is_by_release:
        raise bad_parameter("cursor", "it is one of sort=recent; send that too, or use offset")
    return search


def _next_page(
    request: Request[Any, Any, Any], search: CatalogSearch, place: ReleasePlace
) -> Sequence[tuple[bytes, bytes]]:
    asked: dict[str, object] = {"tags": ",".join(sorted(search.tags))} if search.tags else {}
    asked |= {"sort": search.order, "limit": search.limit, "cursor": write_release_cursor(place)}
    return next_page(request.scope, **asked)
