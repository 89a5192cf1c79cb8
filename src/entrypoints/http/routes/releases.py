"""Releases as Atom feeds."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.use_cases.logged_releases import ListReleases
from domain.names import ProviderName
from entrypoints.http.cache.read_cache import conditional_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.parameters import provider_name
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.presenters.atom import ATOM, EVERY_RELEASE_PATH, FEED_EXAMPLE, releases_feed

MAX_RELEASES = 50
_TAGS = ["Transparency log"]


@get(
    EVERY_RELEASE_PATH,
    tags=_TAGS,
    summary="Read the newest releases",
    description="The 50 newest publications, yanks and restores as an Atom feed (RFC 4287). Programs read `/changes`, "
    "which leaves nothing out.",
    operation_id="readReleases",
    responses=responses.read("The feed.", FEED_EXAMPLE, media_type=ATOM),
)
@conditional_read
async def read_releases(
    list_releases: NamedDependency[ListReleases],
    urls: NamedDependency[PublicUrls],
    rendering: NamedDependency[RenderingPool],
) -> Representation:
    """Read the feed of all providers."""
    return await _feed(list_releases, urls, rendering, None)


@get(
    "/catalog/{prefix:str}/{name:str}/releases.atom",
    tags=_TAGS,
    summary="Read the newest releases of a provider",
    description="Its 50 newest publications, yanks and restores as an Atom feed (RFC 4287).",
    operation_id="readProviderReleases",
    responses=responses.read("The feed.", FEED_EXAMPLE, media_type=ATOM),
)
@conditional_read
async def read_provider_releases(
    prefix: FromPath[str],
    name: FromPath[str],
    list_releases: NamedDependency[ListReleases],
    urls: NamedDependency[PublicUrls],
    rendering: NamedDependency[RenderingPool],
) -> Representation:
    """Read the feed of one provider."""
    return await _feed(list_releases, urls, rendering, provider_name(prefix, name))


async def _feed(
    list_releases: ListReleases, urls: PublicUrls, rendering: RenderingPool, provider: ProviderName | None
) -> Representation:
    found = await list_releases.execute(limit=MAX_RELEASES, provider=provider)
    body = await rendering.run(releases_feed, found, provider, base_url=urls.base)
    return Representation(body, REVALIDATE, ATOM)
