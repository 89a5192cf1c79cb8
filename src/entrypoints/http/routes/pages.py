"""The pages: the providers, one provider, and the router of all."""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.use_cases.check_availability import FindAvailability
from application.use_cases.list_tags import ListTags
from application.use_cases.provenance import ListAttestations
from application.use_cases.queries import (
    FindProvider,
    FindVersion,
    ListMarks,
    ListVersions,
    SearchProviders,
    SearchResources,
)
from domain.catalog import Author
from domain.compatibility.rules import RULES
from entrypoints.http.cache.read_cache import cached_read, conditional_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import Representation
from entrypoints.http.pages.fitting import fitted_page
from entrypoints.http.pages.responses import (
    ICON,
    ICON_PATH,
    STYLESHEET,
    STYLESHEET_PATH,
    as_html,
    page,
)
from entrypoints.http.pages.results import Results
from entrypoints.http.pages.version_list import VersionListing
from entrypoints.http.pages.versions import VersionPage
from entrypoints.http.problems import EXCEPTION_HANDLERS
from entrypoints.http.requests.paging import ReleaseCursor, VersionCursor, version_cursor
from entrypoints.http.requests.parameters import provider_name
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.http.routes.catalog import Offset, Sort, Tags, Words, catalog_search
from entrypoints.http.routes.comparison_pages import chosen_comparison, comparison_page
from entrypoints.http.routes.page_addresses import canonical_address, catalog_root, namespace_page, short_address
from entrypoints.http.routes.version_pages import chosen_version, resource_page, version_page
from entrypoints.presenters.catalog import provider_view, tags_view

_PAGE = 20
_LISTED = 30
_HITS = 20


@get("/")
@conditional_read
async def providers_page(
    search_providers: NamedDependency[SearchProviders],
    search_resources: NamedDependency[SearchResources],
    list_tags: NamedDependency[ListTags],
    platform: NamedDependency[Author],
    rendering: NamedDependency[RenderingPool],
    has_log: NamedDependency[bool],
    q: Words = None,
    tags: Tags = None,
    sort: Sort = None,
    offset: Offset = 0,
    cursor: ReleaseCursor = None,
) -> Representation:
    """Show the providers, or those that are looked for."""
    search = catalog_search(q, tags, _PAGE, offset, sort=sort, cursor=cursor)
    found = await search_providers.execute(search)
    providers = [provider_view(entry, platform=platform) for entry in found.entries]
    resources = None
    if search.query is not None and not search.tags and offset == 0:
        resources = await search_resources.execute(search.query, limit=_HITS)
    results = Results(words=(q or "").strip(), search=search, found=found, resources=resources)
    popular = tags_view(await list_tags.execute()) if results.is_front else None
    return await rendering.run(
        fitted_page, page, "providers.html", providers=providers, results=results, popular=popular, has_log=has_log
    )


@get("/catalog/{prefix:str}/{name:str}")
@cached_read
async def provider_page(
    prefix: FromPath[str],
    name: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    find_version: NamedDependency[FindVersion],
    list_versions: NamedDependency[ListVersions],
    list_marks: NamedDependency[ListMarks],
    find_availability: NamedDependency[FindAvailability],
    list_attestations: NamedDependency[ListAttestations],
    platform: NamedDependency[Author],
    rendering: NamedDependency[RenderingPool],
    urls: NamedDependency[PublicUrls],
    has_log: NamedDependency[bool],
    cursor: VersionCursor = None,
) -> Representation:
    """Show one provider with its readme and its versions, some at a time."""
    provider = provider_name(prefix, name)
    entry = await find_provider.execute(provider)
    before = version_cursor(cursor)
    found = await list_versions.execute(provider, limit=_LISTED + 1, before=before)
    shown = found[:_LISTED]
    latest = None
    if entry.latest is not None:
        latest = VersionPage(
            entry=entry,
            version=await find_version.execute(provider, entry.latest),
            availability=await find_availability.execute(provider, entry.latest),
            attestations=await list_attestations.execute(provider, entry.latest) or (),
            registry_url=urls.base,
            mirror_url=urls.mirror,
        )
    marked = [each.version for each in shown]
    if before is None and entry.latest is not None and entry.latest not in marked:
        marked.append(entry.latest)  # it stands above them
    listing = VersionListing(
        versions=shown,
        latest=None if latest is None else latest.version,
        marks=await list_marks.execute(provider, marked),
        is_first=before is None,
        is_last=len(found) <= _LISTED,
    )
    return await rendering.run(
        fitted_page,
        page,
        "provider.html",
        provider=provider_view(entry, platform=platform),
        listing=listing,
        readme=entry.readme,
        latest=latest,
        base_url=urls.base or "",
        has_log=has_log,
    )


@get("/rules")
@conditional_read
async def rules_page(rendering: NamedDependency[RenderingPool], has_log: NamedDependency[bool]) -> Representation:
    """Explain the rules of compatibility."""
    return await rendering.run(page, "rules.html", rules=RULES.values(), has_log=has_log)


@get(STYLESHEET_PATH)
@conditional_read
async def stylesheet() -> Representation:
    """Serve the style sheet of the pages."""
    return STYLESHEET


@get(ICON_PATH)
@conditional_read
async def icon() -> Representation:
    """Serve the icon that browsers ask for."""
    return ICON


pages = Router(
    "/",
    route_handlers=[
        catalog_root,
        namespace_page,
        short_address,
        providers_page,
        provider_page,
        version_page,
        resource_page,
        chosen_version,
        comparison_page,
        chosen_comparison,
        rules_page,
        stylesheet,
        icon,
    ],
    before_request=canonical_address,
    include_in_schema=False,
    exception_handlers={error: as_html(handler) for error, handler in EXCEPTION_HANDLERS.items()},
)
