"""Reading what is public. Every query raises ``StoreUnavailableError`` while the database is unreachable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName

from application.ports.distribution_index import DistributionIndex
from application.ports.health_check import HealthCheck
from application.ports.provider_queries import (
    CatalogPage,
    CatalogSearch,
    ProviderQueries,
    ReleasePlace,
    ResourcePage,
)
from application.ports.version_mark_queries import VersionMarkQueries
from application.ports.version_queries import VersionQueries
from domain.catalog import CatalogEntry
from domain.distributions import IndexFile, installable_files
from domain.errors import DistributionNotFoundError, ProviderNotFoundError, SchemaNotFoundError
from domain.history import HistoryEvent
from domain.names import PLATFORM, ProviderName
from domain.schemas import ResourceSchema
from domain.search import Query
from domain.semver import SemVer
from domain.version_marks import VersionMarks
from domain.versions import ProviderVersion, require_version
from domain.wheel.metadata import Readme


class FindVersion:
    """Resolves public versions."""

    def __init__(self, versions: VersionQueries) -> None:
        self._versions = versions

    async def execute(self, name: ProviderName, version: SemVer | None) -> ProviderVersion:
        """Return that version, or the latest one for None.

        Raises:
            VersionNotFoundError: There is no such public version.
            StoreUnavailableError: The store is unreachable.
        """
        found = await (self._versions.find_latest(name) if version is None else self._versions.find(name, version))
        return require_version(found, name, version)


class FindReadme:
    """Reads what wheels say at length."""

    def __init__(self, versions: VersionQueries) -> None:
        self._versions = versions

    async def execute(self, name: ProviderName, version: SemVer) -> Readme | None:
        """Return the readme of a public version's wheel; None if it has none.

        Raises:
            StoreUnavailableError: The store is unreachable.
        """
        return await self._versions.find_readme(name, version)


class ListVersions:
    """Lists public versions."""

    def __init__(self, versions: VersionQueries) -> None:
        self._versions = versions

    async def execute(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        """Return public versions without their schemas, changelog and verification, newest first by precedence.

        All of them, or at most ``limit``; with ``before`` only those of a lower precedence, which may be none.

        Raises:
            ProviderNotFoundError: The provider has no public version.
            StoreUnavailableError: The store is unreachable.
        """
        versions = await self._versions.list_versions(name, limit=limit, before=before)
        if not versions and before is None:
            raise ProviderNotFoundError(f"{name} has no published version; check the name, or register one")
        return versions


class ListMarks:
    """Reads what lists say of versions.

    Args:
        marks: Where they are.
        has_attestations: Whether attestations are on. Where they are off, nothing is said of who built a version.
    """

    def __init__(self, marks: VersionMarkQueries, *, has_attestations: bool) -> None:
        self._marks = marks
        self._has_attestations = has_attestations

    async def execute(self, name: ProviderName, versions: Sequence[SemVer]) -> Mapping[SemVer, VersionMarks]:
        """Return the marks of those of these versions that are public.

        Raises:
            StoreUnavailableError: The store is unreachable.
        """
        found = await self._marks.list_marks(name, versions) if versions else {}
        if self._has_attestations:
            return found
        return {version: replace(marks, repositories=()) for version, marks in found.items()}


class ReadHistory:
    """Reads the histories of public versions."""

    def __init__(self, versions: VersionQueries) -> None:
        self._versions = versions
        self._find_version = FindVersion(versions)

    async def execute(
        self, name: ProviderName, version: SemVer | None, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[HistoryEvent]:
        """Return what happened to that version, or to the latest one for None, oldest first.

        All of it, or at most ``limit`` events after the first ``offset``.

        Raises:
            VersionNotFoundError: There is no such public version.
            StoreUnavailableError: The store is unreachable.
        """
        found = await self._find_version.execute(name, version)  # once public, a version stays public
        return await self._versions.history(name, found.version, limit=limit, offset=offset)


_MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class PublishedSchema:
    """A resource type's schema, and the version that it was published with."""

    version: ProviderVersion
    schema: ResourceSchema


class FindSchema:
    """Finds the schemas of one resource type."""

    def __init__(self, find_version: FindVersion) -> None:
        self._find_version = find_version

    async def execute(self, name: ProviderName, version: SemVer | None, resource_type: str) -> PublishedSchema:
        """Return the schema of a resource type in that version, or in the latest one for None.

        Raises:
            VersionNotFoundError: There is no such public version.
            SchemaNotFoundError: The version has no such resource type.
            StoreUnavailableError: The store is unreachable.
        """
        found = await self._find_version.execute(name, version)
        schemas = {schema.resource_type: schema for schema in found.announcement.schemas or ()}
        if resource_type not in schemas:
            raise SchemaNotFoundError(
                f"{name} {found.version} has no resource type {resource_type!r:.100}; {_what_there_is(list(schemas))}"
            )
        return PublishedSchema(found, schemas[resource_type])


def _what_there_is(types: list[str]) -> str:
    if not types:
        return "it was published without schemas"
    more = f" and {len(types) - _MAX_LISTED} more" if len(types) > _MAX_LISTED else ""
    return f"it has {', '.join(types[:_MAX_LISTED])}{more}"


class SearchProviders:
    """Finds providers that have a public version."""

    def __init__(self, catalog: ProviderQueries) -> None:
        self._catalog = catalog

    async def execute(self, search: CatalogSearch) -> CatalogPage:
        """Return a page of what is found, and where the next one begins.

        Raises:
            StoreUnavailableError: The catalog is unreachable.
        """
        if not search.is_by_release:
            return await self._catalog.search(search)
        found = await self._catalog.search(replace(search, limit=search.limit + 1))
        shown = found.entries[: search.limit]
        is_last = len(found.entries) == len(shown)
        return replace(found, entries=shown, more_after=None if is_last else ReleasePlace.of(shown[-1]))


class SearchResources:
    """Finds resource types of the latest versions of providers."""

    def __init__(self, catalog: ProviderQueries) -> None:
        self._catalog = catalog

    async def execute(self, query: Query, *, limit: int) -> ResourcePage:
        """Return the best of what is found, at most so many.

        Raises:
            StoreUnavailableError: The catalog is unreachable.
            SearchBusyError: Too much is being searched for.
        """
        return await self._catalog.search_resources(query, limit=limit)


class FindProvider:
    """Finds a provider that has a public version."""

    def __init__(self, catalog: ProviderQueries) -> None:
        self._catalog = catalog

    async def execute(self, name: ProviderName) -> CatalogEntry:
        """Return the provider with its readme.

        Raises:
            ProviderNotFoundError: It has no public version.
            StoreUnavailableError: The catalog is unreachable.
        """
        entry = await self._catalog.find(name)
        if entry is None:
            raise ProviderNotFoundError(f"{name} has no published version; check the name, or search the catalog")
        return entry


class ListDistributions:
    """Lists the distributions of a namespace's index."""

    def __init__(self, index: DistributionIndex) -> None:
        self._index = index

    async def execute(self, prefix: str = PLATFORM) -> Sequence[NormalizedName]:
        """Return the normalised names of the distributions that a namespace published, in order.

        Raises:
            StoreUnavailableError: The index is unreachable.
        """
        return await self._index.list_distributions(prefix)


class ListFiles:
    """Lists the files that installers choose from."""

    def __init__(self, index: DistributionIndex) -> None:
        self._index = index

    async def execute(self, distribution: NormalizedName, prefix: str = PLATFORM) -> Sequence[IndexFile]:
        """Return each file of a distribution on a namespace's index once, in the order of publication.

        Raises:
            DistributionNotFoundError: There is none.
            StoreUnavailableError: The index is unreachable.
        """
        files = installable_files(await self._index.list_files(prefix, distribution))
        if not files:
            raise DistributionNotFoundError(f"no published version of {prefix} has a wheel of {distribution}")
        return files


class CheckReadiness:
    """Asks what the registry depends on."""

    def __init__(self, health: HealthCheck) -> None:
        self._health = health

    async def execute(self) -> None:
        """Return if requests can be served.

        Raises:
            StoreUnavailableError: The store is unreachable, or lacks migrations of this release.
        """
        await self._health.ping()
