"""Public reads of providers and their versions."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from domain.errors import InvalidValueError, ProviderNotFoundError, VersionNotFoundError
from domain.names import ProviderName
from domain.semver import SemVer
from entrypoints.http.documentation import READ_RESPONSES
from entrypoints.http.service import Service
from entrypoints.http.views import version_view
from entrypoints.http.wire import ProviderVersionView

LATEST = "latest"
VersionParameter = Annotated[str, PathParameter(description="A SemVer version, or `latest`.")]


@get(
    "/providers/{prefix:str}/{name:str}/versions",
    tags=["Providers"],
    summary="List a provider's versions",
    description="All published and yanked versions, newest first by SemVer precedence; `schemas` is null here.",
    operation_id="listProviderVersions",
    responses=READ_RESPONSES,
)
async def list_versions(
    prefix: FromPath[str], name: FromPath[str], service: NamedDependency[Service]
) -> list[ProviderVersionView]:
    """List a provider's public versions."""
    versions = await service.registry.list_versions.execute(_provider_name(prefix, name))
    return [version_view(version) for version in versions]


@get(
    [
        "/providers/{prefix:str}/{name:str}/versions/{version:str}",
        "/providers/{prefix:str}/{name:str}/versions/{version:str}/status",
    ],
    tags=["Providers"],
    summary="Read one version",
    description="A published or yanked version with its schemas. `latest` is the highest published stable version, "
    "or the highest pre-release when there is no stable one.",
    responses=READ_RESPONSES,
)
async def find_version(
    prefix: FromPath[str], name: FromPath[str], version: VersionParameter, service: NamedDependency[Service]
) -> ProviderVersionView:
    """Read one public version."""
    provider = _provider_name(prefix, name)
    wanted = None if version == LATEST else _version(provider, version)
    return version_view(await service.registry.find_version.execute(provider, wanted))


def _provider_name(prefix: str, name: str) -> ProviderName:
    try:
        return ProviderName(prefix, name)
    except InvalidValueError as error:
        raise ProviderNotFoundError(f"there is no such provider: {error.detail}") from None


def _version(provider: ProviderName, written: str) -> SemVer:
    try:
        return SemVer.parse(written)
    except InvalidValueError as error:
        raise VersionNotFoundError(f"{provider} has no such version: {error.detail}") from None
