"""Looking at a version as an operator does, whatever became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.version_queries import VersionQueries
from application.ports.version_repository import VersionRepository
from domain.errors import VersionNotFoundError
from domain.history import LifecycleEvent
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """A version, and what happened to it, oldest first."""

    version: ProviderVersion
    history: Sequence[LifecycleEvent]


class InspectVersion:
    """Finds versions of any status. For operators: to everybody else, what was never published does not exist."""

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
