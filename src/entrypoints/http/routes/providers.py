"""Public reads of a provider's versions."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter
from litestar.response.base import ASGIResponse

from application.use_cases.queries import FindVersion, ListVersions
from domain.errors import VersionNotFoundError
from domain.versions import ProviderVersion
from entrypoints.http.cache.representation import IMMUTABLE, REVALIDATE, SHORT_LIVED, Representation
from entrypoints.http.openapi.catalog import INSTALL_RESPONSES
from entrypoints.http.openapi.versions import (
    VERIFICATION_RESPONSES,
    VERSION_RESPONSES,
    VERSIONS_RESPONSES,
)
from entrypoints.http.requests.paging import MAX_ITEMS, PageLimit, VersionCursor, next_page, version_cursor
from entrypoints.http.requests.paths import LATEST, provider_name, version_or_latest
from entrypoints.http.requests.service import Service
from entrypoints.presenters.installing import install_view
from entrypoints.presenters.verifications import verification_view
from entrypoints.presenters.versions import version_view

VersionParameter = Annotated[str, PathParameter(description="A SemVer version, or `latest`.")]
_READ_VERSION: Mapping[str, Any] = {
    "tags": ["Providers"],
    "summary": "Read one version",
    "description": "A published or yanked version with its schemas. `latest` is the highest published stable version, "
    "or the highest pre-release when there is no stable one.",
    "responses": VERSION_RESPONSES,
}


@get(
    "/providers/{prefix:str}/{name:str}/versions",
    tags=["Providers"],
    summary="List a provider's versions",
    description="Published and yanked versions, newest first by SemVer precedence: all of them while there are at most "
    f'{MAX_ITEMS}. Where there are more, a `Link` header with `rel="next"` leads to the next ones. `schemas`, '
    "`config_schema`, `outputs_schema` and `changelog` are null here: read one version for those.",
    operation_id="listProviderVersions",
    responses=VERSIONS_RESPONSES,
)
async def list_versions(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    list_versions: NamedDependency[ListVersions],
    service: NamedDependency[Service],
    limit: PageLimit = MAX_ITEMS,
    cursor: VersionCursor = None,
) -> ASGIResponse:
    """List a provider's public versions."""

    async def produce() -> Representation:
        provider, before = provider_name(prefix, name), version_cursor(cursor)
        found = await list_versions.execute(provider, limit=limit + 1, before=before)
        shown = found[:limit]
        more = next_page(request.scope, limit=limit, cursor=shown[-1].version) if len(found) > limit else ()
        return Representation.of([version_view(version) for version in shown], REVALIDATE, extra=more)

    if cursor is None and limit == MAX_ITEMS:
        return await service.reads.answer(request.scope, prefix, name, produce)
    return await service.reads.respond(request.scope, await produce())


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}",
    operation_id="readVersion",
    **_READ_VERSION,
)
async def find_version(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_version: NamedDependency[FindVersion],
    service: NamedDependency[Service],
) -> ASGIResponse:
    """Read one public version."""
    return await _read_version(request, prefix, name, version, find_version, service)


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/status",
    operation_id="readVersionStatus",
    **_READ_VERSION,
)
async def find_version_status(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_version: NamedDependency[FindVersion],
    service: NamedDependency[Service],
) -> ASGIResponse:
    """Read one public version, at the path that release clients poll."""
    return await _read_version(request, prefix, name, version, find_version, service)


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/install",
    tags=["Installing"],
    summary="Read how to install a version",
    description="What a runtime needs to install and start a version, and nothing else. `latest` works here too.",
    operation_id="readInstall",
    responses=INSTALL_RESPONSES,
)
async def find_install(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_version: NamedDependency[FindVersion],
    service: NamedDependency[Service],
) -> ASGIResponse:
    """Read how to install one public version."""

    async def produce() -> Representation:
        view = install_view(await _find(find_version, prefix, name, version), index_url=service.index_url(prefix))
        return Representation.of(view, cache_control_of(version, SHORT_LIVED))

    return await service.reads.answer(request.scope, prefix, name, produce)


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/verification",
    tags=["Providers"],
    summary="Read the verdict on a version's wheel",
    description="Check by check: what was compared, when, and how many bytes. `latest` works here too.",
    operation_id="readVerification",
    responses=VERIFICATION_RESPONSES,
)
async def find_verification(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_version: NamedDependency[FindVersion],
    service: NamedDependency[Service],
) -> ASGIResponse:
    """Read the verdict on one public version."""

    async def produce() -> Representation:
        found = await _find(find_version, prefix, name, version)
        if found.verification is None:
            raise VersionNotFoundError(f"{found.name} {found.version} is from before verdicts were kept; it has none")
        return Representation.of(verification_view(found, found.verification), cache_control_of(version, IMMUTABLE))

    return await service.reads.answer(request.scope, prefix, name, produce)


async def _read_version(
    request: Request[Any, Any, Any], prefix: str, name: str, version: str, find_version: FindVersion, service: Service
) -> ASGIResponse:
    async def produce() -> Representation:
        return Representation.of(
            version_view(await _find(find_version, prefix, name, version)), cache_control_of(version, SHORT_LIVED)
        )

    return await service.reads.answer(request.scope, prefix, name, produce)


async def _find(find_version: FindVersion, prefix: str, name: str, version: str) -> ProviderVersion:
    provider = provider_name(prefix, name)
    return await find_version.execute(provider, version_or_latest(provider, version))


def cache_control_of(version: str, lasting: str) -> str:
    """Return how long an exact version's answer lasts; ``latest`` must be asked for each time."""
    return REVALIDATE if version == LATEST else lasting
