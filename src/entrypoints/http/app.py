"""The Litestar application."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from importlib.metadata import version

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from domain.catalog import PLATFORM_AUTHOR, Author
from entrypoints.http.cache.read_cache import ReadCache, ReadCacheMiddleware
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.dependencies import attributes, use_cases
from entrypoints.http.limits import HttpLimits
from entrypoints.http.middleware.protocol import HostMiddleware, MethodMiddleware, UnreadBodyMiddleware, methods_by_path
from entrypoints.http.middleware.read_limits import ReadLimitMiddleware
from entrypoints.http.middleware.registration_metrics import remember_exception
from entrypoints.http.middleware.security_headers import CorsPolicy, SecurityHeadersMiddleware
from entrypoints.http.openapi.config import openapi_config
from entrypoints.http.pages.responses import for_browsers
from entrypoints.http.problems import EXCEPTION_HANDLERS, handle_http_exception
from entrypoints.http.requests.admission import Admission
from entrypoints.http.requests.followers import Followers
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.http.requests.request_ids import RequestIdMiddleware
from entrypoints.http.routes.api_description import ApiDescription, api_pages, read_document
from entrypoints.http.routes.availability import find_availability
from entrypoints.http.routes.catalog import find_provider, read_tags, search_providers
from entrypoints.http.routes.changes import read_changes, stream_changes
from entrypoints.http.routes.compatibility import compare_versions, find_compatibility
from entrypoints.http.routes.console import register_platform_version
from entrypoints.http.routes.customers import (
    find_active_organization,
    find_organization,
    register_customer_version,
    who_am_i,
)
from entrypoints.http.routes.files import read_file
from entrypoints.http.routes.health import health, ready
from entrypoints.http.routes.history import read_history
from entrypoints.http.routes.index_pages import IndexPages
from entrypoints.http.routes.log_page import log_pages
from entrypoints.http.routes.metrics import metrics
from entrypoints.http.routes.pages import pages
from entrypoints.http.routes.provenance import (
    add_customer_attestations,
    add_platform_attestations,
    find_provenance,
)
from entrypoints.http.routes.providers import (
    find_install,
    find_verification,
    find_version,
    find_version_status,
    list_versions,
)
from entrypoints.http.routes.registrations import find_registration
from entrypoints.http.routes.releases import read_provider_releases, read_releases
from entrypoints.http.routes.resource_types import search_resource_types
from entrypoints.http.routes.schemas import read_schema, read_schemas
from entrypoints.http.routes.simple import simple_index, simple_namespace_project, simple_project
from entrypoints.http.routes.sitemap import sitemaps
from entrypoints.http.routes.transparency_log import read_checkpoint, read_proof, read_tile
from entrypoints.http.routes.upgrades import check_upgrade
from entrypoints.http.routes.yanks import (
    restore_customer_version,
    restore_platform_version,
    yank_customer_version,
    yank_platform_version,
)
from entrypoints.http.templating import compile_templates
from entrypoints.log_sequencer import appending_to_log
from entrypoints.telemetry import Telemetry
from entrypoints.use_cases import UseCases

_COMMON_ROUTES = (
    register_platform_version,
    find_registration,
    yank_platform_version,
    restore_platform_version,
    search_providers,
    read_tags,
    find_provider,
    list_versions,
    find_version,
    find_version_status,
    find_install,
    find_verification,
    read_history,
    find_availability,
    find_compatibility,
    compare_versions,
    check_upgrade,
    read_schemas,
    read_schema,
    search_resource_types,
    simple_index,
    simple_project,
    simple_namespace_project,
    pages,
    sitemaps,
    read_document,
    api_pages,
    health,
    ready,
)
_CUSTOMER_ROUTES = (
    register_customer_version,
    yank_customer_version,
    restore_customer_version,
    who_am_i,
    find_active_organization,
    find_organization,
)
_LOG_ROUTES = (
    read_checkpoint,
    read_tile,
    read_proof,
    read_changes,
    stream_changes,
    read_releases,
    read_provider_releases,
    log_pages,
)


Work = Callable[[UseCases], AbstractAsyncContextManager[object]]


def _no_work(_: UseCases) -> AbstractAsyncContextManager[object]:
    return nullcontext()


_INJECTED = (
    "admission",
    "description",
    "followers",
    "has_log",
    "index_pages",
    "platform",
    "rendering",
    "telemetry",
    "urls",
)


def create_app(  # noqa: PLR0913 -- each is a setting
    open_registry: Callable[[], AbstractAsyncContextManager[UseCases]],
    *,
    limits: HttpLimits | None = None,
    customer_realm: bool = False,
    public_url: str | None = None,
    telemetry: Telemetry | None = None,
    platform: Author = PLATFORM_AUTHOR,
    allowed_origins: Iterable[str] = (),
    mirror: bool = False,
    transparency_log: bool = False,
    work: Work = _no_work,
    provenance: bool = False,
) -> ASGIApp:
    """Return the application that serves a registry.

    Args:
        open_registry: Entered when the application starts, left when it stops.
        limits: Bounds of the HTTP entrypoint; the defaults if left out.
        customer_realm: Whether to serve the customer routes; the registry must then have that realm.
        public_url: Where dependents reach the registry; the ``Host`` of each request if left out.
        telemetry: Closed when the application stops. There are no metrics without it.
        platform: The author of first-party providers.
        allowed_origins: Web origins whose scripts may send tokens.
        mirror: Whether to serve the mirror's files; the registry must then have one.
        transparency_log: Whether to serve the log; the registry must then have one.
        work: Entered with the registry once it is open, and left before it is closed: does what was queued.
        provenance: Whether to take and serve attestations; the registry must then verify them.
    """
    watching = telemetry or Telemetry()
    bounds = limits or HttpLimits()
    rendering = RenderingPool()
    reads = ReadCache(bounds.read_cache_bytes, rendering)
    urls = PublicUrls(public_url, serves_copies=mirror, serves_provenance=provenance)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with open_registry() as opened:
            app.state.use_cases = opened
            app.state.admission = Admission(bounds)
            app.state.index_pages = IndexPages(reads, rendering, urls)
            app.state.followers = Followers(limit=bounds.followers, seconds=bounds.follow_seconds)
            logged = opened.log
            async with (
                opened.changes.subscribe(reads) if bounds.read_cache_bytes else nullcontext(),
                appending_to_log(logged.append, watching.log, logged.ask_witnesses)
                if logged is not None and logged.append is not None
                else nullcontext(),
                work(opened),
            ):
                rendering.prepare(compile_templates)
                yield
            await app.state.followers.aclose()
        rendering.close()
        await asyncio.to_thread(watching.close)

    app = Litestar(
        route_handlers=[
            *_COMMON_ROUTES,
            *(_CUSTOMER_ROUTES if customer_realm else ()),
            *((metrics,) if watching.expose else ()),
            *((read_file,) if mirror else ()),
            *(_LOG_ROUTES if transparency_log else ()),
            *((find_provenance, add_platform_attestations) if provenance else ()),
            *((add_customer_attestations,) if provenance and customer_realm else ()),
        ],
        lifespan=[lifespan],
        dependencies={
            **use_cases(
                lambda: app.state.use_cases,
                customer_realm=customer_realm,
                mirror=mirror,
                log=transparency_log,
                provenance=provenance,
            ),
            **attributes(lambda: app.state, _INJECTED),
        },
        state=State(
            {
                "platform": platform,
                "provenance": provenance,
                "has_log": transparency_log,
                "read_cache": reads,
                "rendering": rendering,
                "telemetry": watching,
                "urls": urls,
            }
        ),
        after_exception=[remember_exception],
        exception_handlers={**EXCEPTION_HANDLERS, HTTPException: for_browsers(handle_http_exception)},
        openapi_config=openapi_config(version("provider-registry")),
        request_max_body_size=None,  # the handlers bound their bodies themselves, after authentication
        logging_config=None,
    )
    app.state.description = ApiDescription(app, public_url)
    # Outside of Litestar: its own middleware does not see requests for which there is no route.
    cached = ReadCacheMiddleware(ReadLimitMiddleware(app), reads)
    inner = _traced(MethodMiddleware(cached, methods_by_path(app)), watching)
    protected = SecurityHeadersMiddleware(HostMiddleware(inner), CorsPolicy.of(app, allowed_origins))
    return UnreadBodyMiddleware(RequestIdMiddleware(protected, watching.observer))


def _traced(app: ASGIApp, telemetry: Telemetry) -> ASGIApp:
    if telemetry.tracer is None:
        return app
    from entrypoints.http.middleware.tracing import TracingMiddleware  # noqa: PLC0415 -- an optional extra

    return TracingMiddleware(app, telemetry.tracer)
