"""What tells search engines which pages there are."""

from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.ports.provider_queries import CatalogSearch
from application.use_cases.queries import SearchProviders
from entrypoints.http.cache.read_cache import conditional_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.http.templating import render

IN_ONE_FILE = 500
_MOST_FILES = 1_000  # beyond so many providers, engines find the rest by links


Page = Annotated[int | None, QueryParameter(ge=0, lt=_MOST_FILES)]


@get("/sitemap.xml")
@conditional_read
async def sitemap(
    request: Request[Any, Any, Any],
    search_providers: NamedDependency[SearchProviders],
    urls: NamedDependency[PublicUrls],
    rendering: NamedDependency[RenderingPool],
    page: Page = None,
) -> Representation:
    """List some of the providers' pages, or the parts of the sitemap."""
    base, is_relative = urls.site(request), urls.base is None
    if page is None:
        found = await search_providers.execute(CatalogSearch(limit=1))
        parts = min(_MOST_FILES, max(1, -(-found.total // IN_ONE_FILE)))
        return await rendering.run(_xml, "sitemap_index.xml", depends_on_host=is_relative, parts=parts, base=base)
    found = await search_providers.execute(CatalogSearch(limit=IN_ONE_FILE, offset=page * IN_ONE_FILE))
    shown = [(entry.provider.name.canonical, entry.provider.updated_at) for entry in found.entries]
    return await rendering.run(_xml, "sitemap.xml", depends_on_host=is_relative, pages=shown, base=base)


@get("/robots.txt")
@conditional_read
async def robots(request: Request[Any, Any, Any], urls: NamedDependency[PublicUrls]) -> Representation:
    """Tell robots where the sitemap is, and to leave searches alone."""
    left_alone = "".join(f"Disallow: {path}\n" for path in ("/?", "/providers", "/resource-types"))
    text = f"User-agent: *\n{left_alone}Sitemap: {urls.site(request)}/sitemap.xml\n"
    return Representation(text.encode(), REVALIDATE, "text/plain", depends_on_host=urls.base is None)


def _xml(template: str, *, depends_on_host: bool, **context: object) -> Representation:
    text = render(template, **context)
    return Representation(text.encode(), REVALIDATE, "application/xml", depends_on_host=depends_on_host)


sitemaps = Router("/", route_handlers=[sitemap, robots], include_in_schema=False)
