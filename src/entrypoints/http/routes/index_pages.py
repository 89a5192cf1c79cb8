"""Pages of package indexes. The Simple API has no paging, so a page is complete, and may be large.

A page is made once, off the event loop, and cached until a provider of its namespace changes. Few are made at once.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import Request
from litestar.response.base import ASGIResponse
from packaging.utils import NormalizedName

from application.use_cases.queries import ListDistributions, ListFiles
from domain.distributions import IndexFile
from domain.errors import DistributionNotFoundError
from domain.names import PLATFORM
from entrypoints.http.cache.read_cache import Produce, ReadCache
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.requests.content_negotiation import negotiate
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.http.templating import render
from entrypoints.index_paths import index_path
from entrypoints.presenters.installing import simple_index_view, simple_project_view

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
_MEDIA_TYPES = {
    "text/html": "text/html",
    JSON: JSON,
    HTML: HTML,
    "application/vnd.pypi.simple.latest+json": JSON,
    "application/vnd.pypi.simple.latest+html": HTML,
}
"""By accepted media type, that of the response."""
_VARY = ("Accept",)
_AT_ONCE = 2


class IndexPages:
    """Makes and caches the pages. An application has one, which its routes share."""

    def __init__(self, cache: ReadCache, rendering: RenderingPool, urls: PublicUrls) -> None:
        self._cache = cache
        self._urls = urls
        self._rendering = rendering
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def index(
        self, request: Request[Any, Any, Any], list_distributions: ListDistributions, prefix: str
    ) -> ASGIResponse:
        """Respond with the distributions of a namespace.

        Raises:
            DistributionNotFoundError: There are none; but the platform's list may be empty.
        """
        media_type = negotiate(request, _MEDIA_TYPES)

        async def read() -> Representation:
            distributions = await list_distributions.execute(prefix)
            if not distributions and prefix != PLATFORM:
                raise DistributionNotFoundError(f"no version of a provider in the namespace {prefix} is published")
            return await self._rendering.run(_index_representation, media_type, distributions, index_path(prefix))

        return await self._respond(request, f"{media_type} {prefix}", prefix, read)

    async def project(
        self, request: Request[Any, Any, Any], list_files: ListFiles, prefix: str, distribution: NormalizedName
    ) -> ASGIResponse:
        """Respond with the files of a distribution on a namespace's index.

        Raises:
            DistributionNotFoundError: There are none.
        """
        media_type = negotiate(request, _MEDIA_TYPES)

        async def read() -> Representation:
            try:
                files = await list_files.execute(distribution, prefix)
            except DistributionNotFoundError as error:
                raise DistributionNotFoundError(
                    f"{error.detail}; GET {index_path(prefix)} lists its distributions, and each customer's wheels are "
                    "on an index of their own, /simple/~{namespace}/"
                ) from None
            return await self._rendering.run(_project_representation, media_type, distribution, files, self._urls)

        return await self._respond(request, f"{media_type} {prefix} {distribution}", prefix, read)

    async def _respond(self, request: Request[Any, Any, Any], key: str, prefix: str, read: Produce) -> ASGIResponse:
        cached = self._cache.find_listing(key)
        if cached is not None:
            return await self._cache.respond(request.scope, cached)
        async with self._turns:
            representation = await self._cache.read_listing(key, prefix, read)  # may be there by now
            return await self._cache.respond(request.scope, representation)


def _index_representation(media_type: str, distributions: Sequence[NormalizedName], path: str) -> Representation:
    view = simple_index_view(distributions)
    if media_type == JSON:
        return Representation.of(view, REVALIDATE, media_type, vary=_VARY)
    return Representation(
        render("simple_index.html", view=view, index=path).encode(), REVALIDATE, media_type, vary=_VARY
    )


def _project_representation(
    media_type: str, distribution: NormalizedName, files: Sequence[IndexFile], urls: PublicUrls
) -> Representation:
    view = simple_project_view(
        distribution,
        files,
        mirror_url=urls.mirror,
        provenance_url=urls.provenance if urls.has_secure_provenance else None,
    )
    if media_type == JSON:
        return Representation.of(view, REVALIDATE, media_type, vary=_VARY)
    return Representation(render("simple_project.html", view=view).encode(), REVALIDATE, media_type, vary=_VARY)
