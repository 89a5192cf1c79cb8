"""The pages: providers, one provider, one version."""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.use_cases.queries import FindProvider, FindVersion, ListVersions, ReadHistory, SearchProviders
from domain.catalog import Author
from entrypoints.http.cache.reads import cached_read, conditional_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import Representation
from entrypoints.http.pages.responses import STYLESHEET, STYLESHEET_PATH, as_html, page
from entrypoints.http.pages.results import Results
from entrypoints.http.pages.versions import VersionListing, VersionPage
from entrypoints.http.problems import EXCEPTION_HANDLERS
from entrypoints.http.requests.paging import VersionCursor, version_cursor
from entrypoints.http.requests.paths import provider_name, version_or_latest
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.http.routes.catalog import Offset, Tags, Words, catalog_search
from entrypoints.presenters.catalog import provider_view

_PAGE = 20
_VERSIONS = 100
_EVENTS = 50


@get("/")
@conditional_read
async def providers_page(
    search_providers: NamedDependency[SearchProviders],
    platform: NamedDependency[Author],
    rendering: NamedDependency[RenderingPool],
    q: Words = None,
    tags: Tags = None,
    offset: Offset = 0,
) -> Representation:
    """Show the providers, or those that are looked for."""
    search = catalog_search(q, tags, _PAGE, offset)
    found = await search_providers.execute(search)
    providers = [provider_view(entry, platform=platform) for entry in found.entries]
    results = Results(words=(q or "").strip(), search=search, found=found)
    return await rendering.run(page, "providers.html", providers=providers, results=results)


@get("/catalog/{prefix:str}/{name:str}")
@cached_read
async def provider_page(
    prefix: FromPath[str],
    name: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    list_versions: NamedDependency[ListVersions],
    platform: NamedDependency[Author],
    rendering: NamedDependency[RenderingPool],
    cursor: VersionCursor = None,
) -> Representation:
    """Show one provider with its readme and its versions, some at a time."""
    provider = provider_name(prefix, name)
    entry = await find_provider.execute(provider)
    before = version_cursor(cursor)
    found = await list_versions.execute(provider, limit=_VERSIONS + 1, before=before)
    listing = VersionListing(versions=found[:_VERSIONS], is_first=before is None, is_last=len(found) <= _VERSIONS)
    view = provider_view(entry, platform=platform)
    return await rendering.run(page, "provider.html", provider=view, listing=listing, readme=entry.readme)


@get("/catalog/{prefix:str}/{name:str}/{version:str}")
@cached_read
async def version_page(
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    find_version: NamedDependency[FindVersion],
    read_history: NamedDependency[ReadHistory],
    rendering: NamedDependency[RenderingPool],
    urls: NamedDependency[PublicUrls],
) -> Representation:
    """Show one version, or the latest."""
    provider = provider_name(prefix, name)
    found = await find_version.execute(provider, version_or_latest(provider, version))
    entry = await find_provider.execute(provider)
    history = await read_history.execute(provider, found.version, limit=_EVENTS + 1)
    view = VersionPage(
        entry=entry,
        version=found,
        history=history[:_EVENTS],
        has_more_history=len(history) > _EVENTS,
        registry_url=urls.base,
    )
    return await rendering.run(page, "version.html", page=view)


@get(STYLESHEET_PATH)
@conditional_read
async def stylesheet() -> Representation:
    """Serve the style sheet of the pages."""
    return STYLESHEET


pages = Router(
    "/",
    route_handlers=[providers_page, provider_page, version_page, stylesheet],
    include_in_schema=False,
    exception_handlers={error: as_html(handler) for error, handler in EXCEPTION_HANDLERS.items()},
)
