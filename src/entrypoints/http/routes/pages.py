"""The pages: providers, one provider, one version."""

from typing import Any

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from application.use_cases.queries import FindProvider, FindVersion, ListVersions, ReadHistory, SearchProviders
from entrypoints.http.cache.representation import Representation, conditional_response
from entrypoints.http.pages.responses import STYLESHEET, STYLESHEET_PATH, as_html, page
from entrypoints.http.pages.results import Results
from entrypoints.http.pages.versions import VersionListing, VersionPage
from entrypoints.http.problems import EXCEPTION_HANDLERS
from entrypoints.http.requests.paging import VersionCursor, version_cursor
from entrypoints.http.requests.paths import provider_name, version_or_latest
from entrypoints.http.requests.service import Service
from entrypoints.http.routes.catalog import Offset, Tags, Words, catalog_search
from entrypoints.presenters.catalog import provider_view

_PAGE = 20
_VERSIONS = 100
_EVENTS = 50


@get("/")
async def providers_page(
    request: Request[Any, Any, Any],
    search_providers: NamedDependency[SearchProviders],
    service: NamedDependency[Service],
    q: Words = None,
    tags: Tags = None,
    offset: Offset = 0,
) -> ASGIResponse:
    """Show the providers, or those that are looked for."""
    search = catalog_search(q, tags, _PAGE, offset)
    found = await search_providers.execute(search)
    providers = [provider_view(entry, platform=service.platform) for entry in found.entries]
    results = Results(words=(q or "").strip(), search=search, found=found)
    document = await service.rendering.run(page, "providers.html", providers=providers, results=results)
    return await service.reads.respond(request.scope, document)


@get("/catalog/{prefix:str}/{name:str}")
async def provider_page(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    list_versions: NamedDependency[ListVersions],
    service: NamedDependency[Service],
    cursor: VersionCursor = None,
) -> ASGIResponse:
    """Show one provider with its readme and its versions, some at a time."""

    async def produce() -> Representation:
        provider = provider_name(prefix, name)
        entry = await find_provider.execute(provider)
        before = version_cursor(cursor)
        found = await list_versions.execute(provider, limit=_VERSIONS + 1, before=before)
        listing = VersionListing(versions=found[:_VERSIONS], is_first=before is None, is_last=len(found) <= _VERSIONS)
        view = provider_view(entry, platform=service.platform)
        return await service.rendering.run(page, "provider.html", provider=view, listing=listing, readme=entry.readme)

    if cursor is not None:
        return await service.reads.respond(request.scope, await produce())
    return await service.reads.answer(request.scope, prefix, name, produce)


@get("/catalog/{prefix:str}/{name:str}/{version:str}")
async def version_page(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    find_version: NamedDependency[FindVersion],
    read_history: NamedDependency[ReadHistory],
    service: NamedDependency[Service],
) -> ASGIResponse:
    """Show one version, or the latest."""

    async def produce() -> Representation:
        provider = provider_name(prefix, name)
        found = await find_version.execute(provider, version_or_latest(provider, version))
        entry = await find_provider.execute(provider)
        history = await read_history.execute(provider, found.version, limit=_EVENTS + 1)
        view = VersionPage(
            entry=entry,
            version=found,
            history=history[:_EVENTS],
            has_more_history=len(history) > _EVENTS,
            registry_url=service.public_url,
        )
        return await service.rendering.run(page, "version.html", page=view)

    return await service.reads.answer(request.scope, prefix, name, produce)


@get(STYLESHEET_PATH)
async def stylesheet(request: Request[Any, Any, Any]) -> ASGIResponse:
    """Serve how the pages look."""
    return conditional_response(request.scope, STYLESHEET)


pages = Router(
    "/",
    route_handlers=[providers_page, provider_page, version_page, stylesheet],
    include_in_schema=False,
    exception_handlers={error: as_html(handler) for error, handler in EXCEPTION_HANDLERS.items()},
)
