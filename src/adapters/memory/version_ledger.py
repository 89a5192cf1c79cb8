"""A ledger of versions in memory."""

from collections.abc import Sequence

from adapters.memory.version_store import InMemoryVersionStore, as_listed
from domain.names import ProviderName
from domain.versions import ProviderVersion


class InMemoryVersionLedger:
    """Reads versions of every status from an in-memory store."""

    def __init__(self, store: InMemoryVersionStore) -> None:
        """Take the store."""
        self._store = store

    async def versions_of(self, name: ProviderName) -> Sequence[ProviderVersion]:
        """Return all versions of a provider, newest first."""
        recorded = await self._store.recorded(name)
        return [as_listed(found) for found in sorted(recorded, key=lambda found: found.version, reverse=True)]
