"""Reading what only operators see: versions of every status, and who owns distributions."""

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.utils import NormalizedName

from application.ports.distribution_owners import DistributionOwners
from application.ports.version_queries import VersionQueries
from application.ports.version_repository import VersionRepository
from domain.distributions import Distribution, DistributionEvent
from domain.errors import DistributionNotFoundError, ProviderNotFoundError, VersionNotFoundError
from domain.history import HistoryEvent
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """A version, and what happened to it, oldest first."""

    version: ProviderVersion
    history: Sequence[HistoryEvent]


class InspectVersion:
    """Finds versions of any status. For operators only: callers see what was published."""

    def __init__(self, repository: VersionRepository, queries: VersionQueries) -> None:
        self._repository = repository
        self._queries = queries

    async def execute(self, name: ProviderName, version: SemVer | None) -> VersionDetails:
        """Return that version, or the latest one for None, with its history.

        Raises:
            VersionNotFoundError: There is no such version, not even a failed one; or none to be the latest.
            StoreUnavailableError: The store is unreachable.
        """
        found = await self._find(name, version)
        if found is None:
            raise VersionNotFoundError(_absence(name, version))
        return VersionDetails(found, await self._queries.history(name, found.version))

    async def _find(self, name: ProviderName, version: SemVer | None) -> ProviderVersion | None:
        if version is None:
            return await self._queries.find_latest(name)
        return (await self._repository.load(name, version)).version


def _absence(name: ProviderName, version: SemVer | None) -> str:
    if version is None:
        return f"{name} has no version to be the latest; say which one, its list has failed and yanked ones too"
    return f"{name} has no version {version}, not even a failed one; check the name, or list its versions"


class ListRecordedVersions:
    """Lists versions of any status. For operators only: callers see what was published."""

    def __init__(self, versions: VersionQueries) -> None:
        self._versions = versions

    async def execute(self, name: ProviderName) -> Sequence[ProviderVersion]:
        """Return all versions without their schemas, newest first by precedence.

        Raises:
            ProviderNotFoundError: There is none, not even a failed one.
            StoreUnavailableError: The database is unreachable.
        """
        versions = await self._versions.list_all(name)
        if not versions:
            raise ProviderNotFoundError(f"{name} has no version, not even a failed one; check the name")
        return versions


@dataclass(frozen=True, slots=True)
class InspectedDistribution:
    """A distribution, and the changes of its owner, oldest first."""

    distribution: Distribution
    history: Sequence[DistributionEvent]


class InspectDistribution:
    """Finds the owner of a distribution."""

    def __init__(self, owners: DistributionOwners) -> None:
        self._owners = owners

    async def execute(self, name: NormalizedName) -> InspectedDistribution:
        """Return a distribution with its history.

        Raises:
            DistributionNotFoundError: It belongs to no namespace.
            StoreUnavailableError: The owners cannot be reached.
        """
        found = await self._owners.find(name)
        if found is None:
            raise DistributionNotFoundError(
                f"the distribution {name} belongs to no namespace; the first to publish it will own it, unless it is "
                "transferred before"
            )
        return InspectedDistribution(found, await self._owners.history(name))


class ListDistributionOwners:
    """Lists distributions and their owners."""

    def __init__(self, owners: DistributionOwners) -> None:
        self._owners = owners

    async def execute(self, *, prefix: str | None = None, limit: int = 100, offset: int = 0) -> Sequence[Distribution]:
        """Return distributions in the order of their names: those of a namespace, or all of them.

        Raises:
            StoreUnavailableError: The owners cannot be reached.
        """
        return await self._owners.list(prefix=prefix, limit=limit, offset=offset)
