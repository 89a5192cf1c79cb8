"""Listing a provider's versions."""

from collections.abc import Sequence

from application.ports.version_store import VersionStore
from domain.errors import ProviderNotFoundError
from domain.names import ProviderName
from domain.versions import ProviderVersion


class ListVersions:
    """Lists public versions."""

    def __init__(self, store: VersionStore) -> None:
        """Take the store."""
        self._store = store

    async def execute(self, name: ProviderName) -> Sequence[ProviderVersion]:
        """Return all public versions without their schemas, newest first by precedence.

        Raises:
            ProviderNotFoundError: There is none.
            StoreUnavailableError: The store is unreachable.
        """
        versions = await self._store.list_versions(name)
        if not versions:
            raise ProviderNotFoundError(f"{name} has no published version; check the name, or register one")
        return versions
