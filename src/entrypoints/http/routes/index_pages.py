"""Pages of package indexes. The Simple API has no paging, so a page is complete, and may be large.

A page is made once, off the event loop, and kept until a provider of its namespace changes. Few are made at once.
"""

from collections.abc import Sequence
from typing import Any

from litestar import Request
from litestar.response.base import ASGIResponse
from packaging.utils import NormalizedName

from application.use_cases.queries import ListDistributions, ListFiles
from domain.distributions import IndexFile
from domain.errors import DistributionNotFoundError
from domain.names import PLATFORM
from entrypoints.http.cache.read_cache import Produce
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.requests.content_negotiation import negotiate
from entrypoints.http.requests.service import Service
from entrypoints.http.templating import render
from entrypoints.index_paths import index_path
from entrypoints.presenters.installing import simple_index_view, simple_project_view

_JSON = "application/vnd.pypi.simple.v1+json"
_HTML = "application/vnd.pypi.simple.v1+html"
_MEDIA_TYPES = {
    "text/html": "text/html",
    _JSON: _JSON,
    _HTML: _HTML,
    "application/vnd.pypi.simple.latest+json": _JSON,
    "application/vnd.pypi.simple.latest+html": _HTML,
}
"""What may be asked for, and what is answered then."""
_VARY = ("Accept",)


async def index_page(
    request: Request[Any, Any, Any], service: Service, list_distributions: ListDistributions, prefix: str
) -> ASGIResponse:
    """Answer with the distributions of a namespace.

    Raises:
        DistributionNotFoundError: There are none; but the platform's list may be empty.
    """
    media_type = negotiate(request, _MEDIA_TYPES)

    async def produce() -> Representation:
        distributions = await list_distributions.execute(prefix)
        if not distributions and prefix != PLATFORM:
            raise DistributionNotFoundError(f"no version of a provider in the namespace {prefix} is published")
        return await service.rendering.run(_index_representation, media_type, distributions, index_path(prefix))

    return await _answer(request, service, f"{media_type} {prefix}", prefix, produce)


async def project_page(
    request: Request[Any, Any, Any],
    service: Service,
    list_files: ListFiles,
    prefix: str,
    distribution: NormalizedName,
) -> ASGIResponse:
    """Answer with the files of a distribution on a namespace's index.

    Raises:
        DistributionNotFoundError: There are none.
    """
    media_type = negotiate(request, _MEDIA_TYPES)

    async def produce() -> Representation:
        try:
            files = await list_files.execute(distribution, prefix)
        except DistributionNotFoundError as error:
            raise DistributionNotFoundError(
                f"{error.detail}; GET {index_path(prefix)} lists its distributions, and each customer's wheels are on "
                "an index of their own, /simple/~{namespace}/"
            ) from None
        return await service.rendering.run(_project_representation, media_type, distribution, files)

    return await _answer(request, service, f"{media_type} {prefix} {distribution}", prefix, produce)


async def _answer(
    request: Request[Any, Any, Any], service: Service, key: str, prefix: str, produce: Produce
) -> ASGIResponse:
    kept = service.reads.find_listing(key)
    if kept is not None:
        return await service.reads.respond(request.scope, kept)
    async with service.listings:
        document = await service.reads.read_listing(key, prefix, produce)  # may be there by now
        return await service.reads.respond(request.scope, document)


def _index_representation(media_type: str, distributions: Sequence[NormalizedName], path: str) -> Representation:
    view = simple_index_view(distributions)
    if media_type == _JSON:
        return Representation.of(view, REVALIDATE, media_type, vary=_VARY)
    return Representation(
        render("simple_index.html", view=view, index=path).encode(), REVALIDATE, media_type, vary=_VARY
    )


def _project_representation(
    media_type: str, distribution: NormalizedName, files: Sequence[IndexFile]
) -> Representation:
    view = simple_project_view(distribution, files)
    if media_type == _JSON:
        return Representation.of(view, REVALIDATE, media_type, vary=_VARY)
    return Representation(render("simple_project.html", view=view).encode(), REVALIDATE, media_type, vary=_VARY)
