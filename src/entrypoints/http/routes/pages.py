"""The pages: providers, one provider, one version."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from application.use_cases.check_availability import FindAvailability
from application.use_cases.compare_versions import CompareVersions, FindCompatibility
from application.use_cases.logged_releases import FindLogPlace
from application.use_cases.provenance import ListAttestations
from application.use_cases.queries import (
    FindProvider,
    FindSchema,
    FindVersion,
    ListMarks,
    ListVersions,
    ReadHistory,
    SearchProviders,
    SearchResources,
)
from application.use_cases.trace_origins import TraceOrigins
from domain.catalog import Author
from domain.compatibility.record import Acceptance
from domain.compatibility.rules import RULES
from domain.errors import NotFoundError
from domain.versions import ProviderVersion
from entrypoints.http.cache.read_cache import cached_read, conditional_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import Representation
from entrypoints.http.pages.comparisons import ComparisonPage, compared_path
from entrypoints.http.pages.fitting import fitted_page
from entrypoints.http.pages.log import LogPlaceView
from entrypoints.http.pages.resources import ResourcePage, resource_path
from entrypoints.http.pages.responses import (
    ICON,
    ICON_PATH,
    STYLESHEET,
    STYLESHEET_PATH,
    as_html,
    page,
    passing_page,
)
from entrypoints.http.pages.results import Results
from entrypoints.http.pages.versions import VersionListing, VersionPage
from entrypoints.http.problems import EXCEPTION_HANDLERS
from entrypoints.http.requests.paging import VersionCursor, version_cursor
from entrypoints.http.requests.paths import exact_version, path_after, provider_name, version_or_latest
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.http.routes.catalog import Offset, Tags, Words, catalog_search
from entrypoints.http.routes.compatibility import compared_versions
from entrypoints.http.routes.page_addresses import canonical_address, catalog_root, namespace_page, short_address
from entrypoints.presenters.catalog import provider_view
from entrypoints.presenters.history import event_view

_PAGE = 20
_LISTED = 30
_VERSIONS = 100  # to choose from
_EVENTS = 20
_HITS = 20


@get("/")
@conditional_read
async def providers_page(
    search_providers: NamedDependency[SearchProviders],
    search_resources: NamedDependency[SearchResources],
    platform: NamedDependency[Author],
    rendering: NamedDependency[RenderingPool],
    has_log: NamedDependency[bool],
    q: Words = None,
    tags: Tags = None,
    offset: Offset = 0,
) -> Representation:
    """Show the providers, or those that are looked for."""
    search = catalog_search(q, tags, _PAGE, offset)
    found = await search_providers.execute(search)
    providers = [provider_view(entry, platform=platform) for entry in found.entries]
    resources = None
    if search.query is not None and not search.tags and offset == 0:
        resources = await search_resources.execute(search.query, limit=_HITS)
    results = Results(words=(q or "").strip(), search=search, found=found, resources=resources)
    return await rendering.run(page, "providers.html", providers=providers, results=results, has_log=has_log)


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
    listing = VersionListing(
        versions=shown,
        marks=await list_marks.execute(provider, [each.version for each in shown]),
        is_first=before is None,
        is_last=len(found) <= _LISTED,
    )
    view = provider_view(entry, platform=platform)
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
    return await rendering.run(
        fitted_page,
        page,
        "provider.html",
        provider=view,
        listing=listing,
        readme=entry.readme,
        latest=latest,
        base_url=urls.base or "",
        has_log=has_log,
    )


@get("/catalog/{prefix:str}/{name:str}/{version:str}")
@cached_read
async def version_page(
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    find_version: NamedDependency[FindVersion],
    list_versions: NamedDependency[ListVersions],
    read_history: NamedDependency[ReadHistory],
    find_compatibility: NamedDependency[FindCompatibility],
    find_availability: NamedDependency[FindAvailability],
    list_attestations: NamedDependency[ListAttestations],
    find_log_place: NamedDependency[FindLogPlace | None],
    rendering: NamedDependency[RenderingPool],
    urls: NamedDependency[PublicUrls],
) -> Representation:
    """Show one version, or the latest."""
    provider = provider_name(prefix, name)
    found = await find_version.execute(provider, version_or_latest(provider, version))
    entry = await find_provider.execute(provider)
    history = await read_history.execute(provider, found.version, limit=_EVENTS + 1)
    place = None if find_log_place is None else await find_log_place.execute(provider, found.version)
    view = VersionPage(
        entry=entry,
        version=found,
        history=[event_view(event) for event in history[:_EVENTS]],
        choices=await list_versions.execute(provider, limit=_VERSIONS),
        has_more_history=len(history) > _EVENTS,
        acceptance=await _acceptance(find_compatibility, found),
        availability=await find_availability.execute(provider, found.version),
        attestations=await list_attestations.execute(provider, found.version) or (),
        registry_url=urls.base,
        mirror_url=urls.mirror,
        log=None if place is None else LogPlaceView.of(place, found, registry_url=urls.base),
    )
    has_log = find_log_place is not None
    # The log gets a version shortly after it is published, and notifies of nothing.
    made = passing_page if has_log and place is None else page
    return await rendering.run(fitted_page, made, "version.html", page=view, has_log=has_log)


async def _acceptance(find_compatibility: FindCompatibility, version: ProviderVersion) -> Acceptance | None:
    if version.compatibility is None or not version.compatibility.breaking:
        return None
    _, compatibility = await find_compatibility.execute(version.name, version.version)
    return compatibility.acceptance


@get("/catalog/{prefix:str}/{name:str}/{version:str}/{resource:path}")
@cached_read
async def resource_page(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    resource: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    find_schema: NamedDependency[FindSchema],
    list_versions: NamedDependency[ListVersions],
    trace_origins: NamedDependency[TraceOrigins],
    rendering: NamedDependency[RenderingPool],
    urls: NamedDependency[PublicUrls],
    has_log: NamedDependency[bool],
) -> Representation:
    """Show one resource type of a version, or of the latest."""
    provider = provider_name(prefix, name)
    resource_type = path_after(request, 4, resource)
    found = await find_schema.execute(provider, version_or_latest(provider, version), resource_type)
    view = ResourcePage(
        entry=await find_provider.execute(provider),
        version=found.version,
        schema=found.schema,
        choices=await list_versions.execute(provider, limit=_VERSIONS),
        origins=await trace_origins.execute(found.version),
        base_url=urls.base or "",
    )
    made = passing_page if view.origins is None else page  # another view will know them
    return await rendering.run(made, "resource.html", page=view, has_log=has_log)


@get("/catalog/{prefix:str}/{name:str}/versions")
async def chosen_version(
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromQuery[str],
    find_schema: NamedDependency[FindSchema],
    resource: FromQuery[str] = "",
) -> Redirect:
    """Lead from a form to the page of a version; to that of a resource type, if the version has it."""
    provider = provider_name(prefix, name)
    chosen = exact_version(provider, version)
    path = f"/catalog/{provider}/{quote(chosen.text, safe='+')}"
    if resource:
        try:
            await find_schema.execute(provider, chosen, resource)
        except NotFoundError:
            path = f"{path}#resources"
        else:
            path = resource_path(provider, chosen, resource)
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)


@get("/catalog/{prefix:str}/{name:str}/compare/{versions:str}")
@cached_read
async def comparison_page(
    prefix: FromPath[str],
    name: FromPath[str],
    versions: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    list_versions: NamedDependency[ListVersions],
    compare_versions: NamedDependency[CompareVersions],
    rendering: NamedDependency[RenderingPool],
    has_log: NamedDependency[bool],
) -> Representation:
    """Show what changed from one version to another."""
    provider = provider_name(prefix, name)
    old, new = compared_versions(provider, versions)
    entry = await find_provider.execute(provider)
    compared = await compare_versions.execute(provider, old, new)
    choices = [found.version for found in await list_versions.execute(provider, limit=_VERSIONS)]
    view = ComparisonPage(
        entry=entry, old=old, new=new, report=compared.report, choices=choices, acceptance=compared.acceptance
    )
    return await rendering.run(page, "comparison.html", page=view, has_log=has_log)


@get("/catalog/{prefix:str}/{name:str}/compare")
async def chosen_comparison(
    prefix: FromPath[str], name: FromPath[str], old: FromQuery[str], new: FromQuery[str]
) -> Redirect:
    """Lead from a form to the page of the comparison that was chosen."""
    provider = provider_name(prefix, name)
    chosen = compared_path(exact_version(provider, old), exact_version(provider, new))
    return Redirect(f"/catalog/{provider}/compare/{chosen}", status_code=HTTP_303_SEE_OTHER)


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
