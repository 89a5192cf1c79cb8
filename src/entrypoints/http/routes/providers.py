"""Public reads of a provider's versions."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter
from msgspec import UNSET
from msgspec.structs import replace

from application.use_cases.provenance import ListAttestations
from application.use_cases.queries import FindVersion, ListVersions
from domain.errors import VersionNotFoundError
from domain.versions import ProviderVersion
from entrypoints.http.cache.read_cache import cached_read
from entrypoints.http.cache.representation import IMMUTABLE, REVALIDATE, SHORT_LIVED, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.paging import MAX_ITEMS, PageLimit, VersionCursor, next_page, version_cursor
from entrypoints.http.requests.parameters import LATEST, provider_name, version_or_latest
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.presenters.installing import INSTALL_EXAMPLE, install_view
from entrypoints.presenters.provenance import installed_provenance_view
from entrypoints.presenters.verifications import VERIFICATION_EXAMPLE, verification_view
from entrypoints.presenters.versions import PUBLISHED_EXAMPLE, YANKED_EXAMPLE, ProviderVersionView, version_view

VersionParameter = Annotated[str, PathParameter(description="A SemVer version, or `latest`.")]
_READ_VERSION: Mapping[str, Any] = {
    "tags": ["Providers"],
    "summary": "Read one version",
    "description": "A published or yanked version with its schemas. `latest` is the highest published stable version, "
    "or the highest pre-release when there is no stable one.",
    "responses": responses.read("The version.", PUBLISHED_EXAMPLE),
}


@get(
    "/providers/{prefix:str}/{name:str}/versions",
    tags=["Providers"],
    summary="List a provider's versions",
    description="Published and yanked versions, newest first by SemVer precedence: all of them while there are at most "
    f'{MAX_ITEMS}. Where there are more, a `Link` header with `rel="next"` leads to the next ones. `schemas`, '
    "`config_schema`, `outputs_schema` and `changelog` are null here: read one version for those.",
    operation_id="listProviderVersions",
    responses=responses.read(
        "The versions, newest first.", [replace(YANKED_EXAMPLE, schemas=None)], of=list[ProviderVersionView]
    ),
)
@cached_read
async def list_versions(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    list_versions: NamedDependency[ListVersions],
    limit: PageLimit = MAX_ITEMS,
    cursor: VersionCursor = None,
) -> Representation:
    """List a provider's public versions."""
    provider, before = provider_name(prefix, name), version_cursor(cursor)
    found = await list_versions.execute(provider, limit=limit + 1, before=before)
    shown = found[:limit]
    more = next_page(request.scope, limit=limit, cursor=shown[-1].version) if len(found) > limit else ()
    return Representation.of([version_view(version) for version in shown], REVALIDATE, extra=more)


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}",
    operation_id="readVersion",
    **_READ_VERSION,
)
@cached_read
async def find_version(
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_version: NamedDependency[FindVersion],
) -> Representation:
    """Read one public version."""
    return await _read_version(find_version, prefix, name, version)


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/status",
    operation_id="readVersionStatus",
    **{**_READ_VERSION, "summary": "Read one version, where release clients poll"},
)
@cached_read
async def find_version_status(
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_version: NamedDependency[FindVersion],
) -> Representation:
    """Read one public version, at the path that release clients poll."""
    return await _read_version(find_version, prefix, name, version)


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/install",
    tags=["Installing"],
    summary="Read how to install a version",
    description="What a runtime needs to install and start a version, and nothing else. `latest` works here too.",
    operation_id="readInstall",
    responses=responses.read("What a runtime needs.", INSTALL_EXAMPLE),
)
@cached_read
async def find_install(
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_version: NamedDependency[FindVersion],
    list_attestations: NamedDependency[ListAttestations],
    urls: NamedDependency[PublicUrls],
) -> Representation:
    """Read how to install one public version."""
    found = await _find(find_version, prefix, name, version)
    attestations = await list_attestations.execute(found.name, found.version)
    provenance = (
        UNSET
        if attestations is None
        else installed_provenance_view(attestations, urls.provenance(found.name, found.version))
    )
    view = install_view(found, index_url=urls.index(prefix), mirror_url=urls.mirror, provenance=provenance)
    return Representation.of(view, cache_control_of(version, SHORT_LIVED))


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/verification",
    tags=["Providers"],
    summary="Read the verdict on a version's wheel",
    description="Check by check: what was compared, when, and how many bytes. `latest` works here too.",
    operation_id="readVerification",
    responses=responses.read("The verdict.", VERIFICATION_EXAMPLE),
)
@cached_read
async def find_verification(
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_version: NamedDependency[FindVersion],
    list_attestations: NamedDependency[ListAttestations],
) -> Representation:
    """Read the verdict on one public version."""
    found = await _find(find_version, prefix, name, version)
    if found.verification is None:
        raise VersionNotFoundError(f"{found.name} {found.version} is from before verdicts were kept; it has none")
    attestations = await list_attestations.execute(found.name, found.version)
    lasting = IMMUTABLE if attestations is None else REVALIDATE  # attestations can be added
    view = verification_view(found, found.verification, attestations)
    return Representation.of(view, cache_control_of(version, lasting))


async def _read_version(find_version: FindVersion, prefix: str, name: str, version: str) -> Representation:
    view = version_view(await _find(find_version, prefix, name, version))
    return Representation.of(view, cache_control_of(version, SHORT_LIVED))


async def _find(find_version: FindVersion, prefix: str, name: str, version: str) -> ProviderVersion:
    provider = provider_name(prefix, name)
    return await find_version.execute(provider, version_or_latest(provider, version))


def cache_control_of(version: str, lasting: str) -> str:
    """Return the ``Cache-Control`` of an exact version; ``latest`` is revalidated each time."""
    return REVALIDATE if version == LATEST else lasting
