"""From the domain to the wire: the catalog, and what installers read."""

from collections.abc import Sequence

from msgspec import UNSET
from packaging.utils import NormalizedName

from application.ports.provider_catalog import CatalogPage, CatalogSearch
from domain.catalog import Author, AuthorKind, CatalogEntry
from domain.index_files import IndexFile
from domain.versions import ProviderVersion
from domain.wheel_filenames import WheelFilename
from domain.wheels import ProvenWheel
from entrypoints.http.models.catalog import (
    AuthorView,
    InstallView,
    ProviderPageView,
    ProviderView,
    SimpleFile,
    SimpleIndexView,
    SimpleProject,
    SimpleProjectView,
)
from entrypoints.settings import ServerSettings


def platform_author(settings: ServerSettings) -> Author:
    """Return the author of first-party providers."""
    return Author(AuthorKind.PLATFORM, settings.platform_organization_id, settings.platform_name)


def provider_view(entry: CatalogEntry, *, platform: Author) -> ProviderView:
    """Return the public representation of a provider; ``platform`` is the author of first-party ones."""
    provider, shown = entry.provider, entry.shown
    author = Author.of(provider, platform=platform)
    return ProviderView(
        prefix=provider.name.prefix,
        name=provider.name.name,
        canonical=provider.name.canonical,
        display_name=shown.display_name,
        description=shown.description,
        author=AuthorView(
            kind=author.kind,
            organization_id=author.organization_id,
            display_name=author.display_name,
            org_name=author.display_name,
        ),
        trust_tier="official" if author.kind is AuthorKind.PLATFORM else "community",
        icon_url=shown.icon_url,
        readme=entry.readme.text if entry.readme else None,
        tags=list(shown.tags),
        latest_version=entry.latest.text if entry.latest else None,
        created_at=provider.created_at,
        updated_at=provider.updated_at,
    )


def page_view(page: CatalogPage, search: CatalogSearch, *, platform: Author) -> ProviderPageView:
    """Return the public representation of a page."""
    items = [provider_view(entry, platform=platform) for entry in page.entries]
    return ProviderPageView(items=items, total=page.total, limit=search.limit, offset=search.offset)


def install_view(version: ProviderVersion, *, index_url: str) -> InstallView:
    """Return what a runtime needs of a version; ``index_url`` is that of the package index that lists it."""
    wheel, url = _proven(version), version.announcement.wheel_url.text
    entrypoint = version.announcement.entrypoint
    return InstallView(
        requirement=f"{wheel.distribution} @ {url}#sha256={wheel.sha256.hex}",
        wheel_url=url,
        wheel_sha256=wheel.sha256.hex,
        package_name=version.package_name,
        entrypoint=list(entrypoint) if entrypoint else None,
        requires_python=wheel.requires_python,
        status=version.status,
        index_url=index_url,
    )


def simple_index_view(distributions: Sequence[NormalizedName]) -> SimpleIndexView:
    """Return the list of distributions as installers read it."""
    return SimpleIndexView(projects=[SimpleProject(name) for name in distributions])


def simple_project_view(distribution: NormalizedName, files: Sequence[IndexFile]) -> SimpleProjectView:
    """Return the files of a distribution as installers read them."""
    numbers = {WheelFilename.parse(filename).version for filename in {file.filename for file in files}}
    return SimpleProjectView(
        name=distribution,
        versions=[str(number) for number in sorted(numbers)],
        files=[_file(file) for file in files],
    )


def _file(file: IndexFile) -> SimpleFile:
    return SimpleFile(
        filename=file.filename,
        url=file.url,
        hashes={"sha256": file.sha256},
        requires_python=file.requires_python or UNSET,
        size=file.size,
        upload_time=file.published_at,
        yanked=(file.yanked_reason or True) if file.is_yanked else False,
    )


def _proven(version: ProviderVersion) -> ProvenWheel:
    if version.wheel is None:
        raise AssertionError(f"{version.name} {version.version} is public, so its wheel is proven")
    return version.wheel
