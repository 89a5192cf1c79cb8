"""Resolving one version."""

from application.ports.version_queries import VersionQueries
from domain.lifecycle import require_version
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion


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
