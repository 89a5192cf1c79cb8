"""Listing a provider's versions as an operator does, whatever became of them."""

from collections.abc import Sequence

from application.ports.version_queries import VersionQueries
from domain.errors import ProviderNotFoundError
from domain.names import ProviderName
from domain.versions import ProviderVersion


class ListRecordedVersions:
    """Lists versions of any status. For operators: to everybody else, what was never published does not exist."""

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
