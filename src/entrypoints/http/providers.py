"""Public reads of providers and their versions."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from domain.errors import VersionNotFoundError
from domain.versions import ProviderVersion
from entrypoints.http.documentation import READ_RESPONSES
from entrypoints.http.paths import provider_name, version_or_latest
from entrypoints.http.service import Service
from entrypoints.http.views import verification_view, version_view
from entrypoints.http.wire import ProviderVersionView, VerificationView

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
    versions = await service.registry.list_versions.execute(provider_name(prefix, name))
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
    return version_view(await _find(service, prefix, name, version))


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/verification",
    tags=["Providers"],
    summary="Read the verdict on a version's wheel",
    description="Check by check: what was compared, when, and how many bytes. `latest` works here too.",
    operation_id="readVerification",
    responses=READ_RESPONSES,
)
async def find_verification(
    prefix: FromPath[str], name: FromPath[str], version: VersionParameter, service: NamedDependency[Service]
) -> VerificationView:
    """Read the verdict on one public version."""
    found = await _find(service, prefix, name, version)
    if found.verification is None:
        raise VersionNotFoundError(f"{found.name} {found.version} is from before verdicts were kept; it has none")
    return verification_view(found, found.verification)


async def _find(service: Service, prefix: str, name: str, version: str) -> ProviderVersion:
    provider = provider_name(prefix, name)
    return await service.registry.find_version.execute(provider, version_or_latest(provider, version))
