"""The pages that compare two versions."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from application.use_cases.compare_versions import CompareVersions
from application.use_cases.queries import (
    FindProvider,
    ListVersions,
)
from entrypoints.http.cache.read_cache import cached_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import Representation
from entrypoints.http.pages.comparisons import ComparisonPage, compared_path
from entrypoints.http.pages.responses import (
    page,
)
from entrypoints.http.requests.parameters import exact_version, provider_name
from entrypoints.http.routes.compatibility import compared_versions

_VERSIONS = 100  # to choose from


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
