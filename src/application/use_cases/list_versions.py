"""Listing a provider's versions."""

from collections.abc import Sequence

from application.ports.version_queries import VersionQueries
from domain.errors import ProviderNotFoundError
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion


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
