"""Public reads of how versions compare."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from application.use_cases.compare_versions import CompareVersions, FindCompatibility
from domain.errors import VersionNotFoundError
from domain.names import ProviderName
from domain.semver import SemVer
from entrypoints.http.cache.read_cache import cached_read
from entrypoints.http.cache.representation import IMMUTABLE, REVALIDATE, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.parameters import exact_version, provider_name, version_or_latest
from entrypoints.http.routes.providers import VersionParameter, cache_control_of
from entrypoints.presenters.compatibility import (
    COMPARISON_EXAMPLE,
    COMPATIBILITY_EXAMPLE,
    comparison_view,
    compatibility_view,
)

ComparedVersions = Annotated[str, PathParameter(description="Two SemVer versions with three dots between them.")]


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/compatibility",
    tags=["Providers"],
    summary="Read how a version compares with the one before",
    description="The comparison of its resource schemas with those of its baseline, as of its registration. `latest` "
    "works here too.",
    operation_id="readCompatibility",
    responses=responses.read("The comparison.", COMPATIBILITY_EXAMPLE),
)
@cached_read
async def find_compatibility(
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_compatibility: NamedDependency[FindCompatibility],
) -> Representation:
    """Read how one public version compared with its baseline."""
    provider = provider_name(prefix, name)
    found, compatibility = await find_compatibility.execute(provider, version_or_latest(provider, version))
    return Representation.of(compatibility_view(found, compatibility), cache_control_of(version, IMMUTABLE))


@get(
    "/providers/{prefix:str}/{name:str}/compare/{versions:str}",
    tags=["Providers"],
    summary="Compare two versions",
    description="What changed in the resource schemas from one public version to another, by today's rules: "
    "`1.3.0...1.4.0`.",
    operation_id="compareVersions",
    responses=responses.read("The changes.", COMPARISON_EXAMPLE),
)
@cached_read
async def compare_versions(
    prefix: FromPath[str],
    name: FromPath[str],
    versions: ComparedVersions,
    compare_versions: NamedDependency[CompareVersions],
) -> Representation:
    """Compare two public versions."""
    provider = provider_name(prefix, name)
    old, new = compared_versions(provider, versions)
    found = await compare_versions.execute(provider, old, new)
    return Representation.of(comparison_view(provider, old, new, found.report, found.acceptance), REVALIDATE)


def compared_versions(provider: ProviderName, written: str) -> tuple[SemVer, SemVer]:
    """Return the two versions that a path names.

    Raises:
        VersionNotFoundError: It names no two versions.
    """
    old, dots, new = written.partition("...")
    if not dots:
        raise VersionNotFoundError(f"name two versions of {provider} with three dots between them, as 1.3.0...1.4.0")
    return exact_version(provider, old), exact_version(provider, new)
