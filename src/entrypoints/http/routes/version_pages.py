"""The pages of one version and of its resource types."""

from typing import Any
from urllib.parse import quote

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from application.use_cases.check_availability import FindAvailability
from application.use_cases.compare_versions import FindCompatibility
from application.use_cases.logged_releases import FindLogPlace
from application.use_cases.provenance import ListAttestations
from application.use_cases.queries import (
    FindProvider,
    FindReadme,
    FindSchema,
    FindVersion,
    ListVersions,
    ReadHistory,
)
from application.use_cases.trace_origins import TraceOrigins
from domain.compatibility.assessment import Acceptance
from domain.errors import NotFoundError
from domain.versions import ProviderVersion
from entrypoints.http.cache.read_cache import cached_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import Representation
from entrypoints.http.pages.fitting import fitted_page
from entrypoints.http.pages.log import LogPlaceView
from entrypoints.http.pages.resources import ResourcePage, resource_path
from entrypoints.http.pages.responses import (
    page,
    uncacheable_page,
)
from entrypoints.http.pages.versions import VersionPage
from entrypoints.http.requests.parameters import exact_version, path_after, provider_name, version_or_latest
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.presenters.history import event_view

_VERSIONS = 100  # to choose from
_EVENTS = 20


@get("/catalog/{prefix:str}/{name:str}/{version:str}")
@cached_read
async def version_page(
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    find_provider: NamedDependency[FindProvider],
    find_version: NamedDependency[FindVersion],
    find_readme: NamedDependency[FindReadme],
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
        readme=await find_readme.execute(provider, found.version),
        log=None if place is None else LogPlaceView.of(place, found, registry_url=urls.base),
    )
    has_log = find_log_place is not None
    # The log gets a version shortly after it is published, and notifies of nothing.
    made = uncacheable_page if has_log and place is None else page
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
    made = uncacheable_page if view.origins is None else page  # another view will know them
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
