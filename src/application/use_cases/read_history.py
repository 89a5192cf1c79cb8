"""Telling what happened to a version."""

from collections.abc import Sequence

from application.ports.version_queries import VersionQueries
from application.use_cases.find_version import FindVersion
from domain.history import LifecycleEvent
from domain.names import ProviderName
from domain.semver import SemVer


class ReadHistory:
    """Reads the histories of public versions."""

    def __init__(self, versions: VersionQueries) -> None:
        self._versions = versions
        self._find_version = FindVersion(versions)

    async def execute(
        self, name: ProviderName, version: SemVer | None, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[LifecycleEvent]:
        """Return what happened to that version, or to the latest one for None, oldest first.

        All of it, or at most ``limit`` events after the first ``offset``.

        Raises:
            VersionNotFoundError: There is no such public version.
            StoreUnavailableError: The store is unreachable.
        """
        found = await self._find_version.execute(name, version)  # once public, a version stays public
        return await self._versions.history(name, found.version, limit=limit, offset=offset)
