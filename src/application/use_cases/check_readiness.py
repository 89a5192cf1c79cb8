"""Whether requests can be served."""

from application.ports.version_store import VersionStore


class CheckReadiness:
    """Asks what the registry depends on."""

    def __init__(self, store: VersionStore) -> None:
        """Take the store."""
        self._store = store

    async def execute(self) -> None:
        """Return if requests can be served.

        Raises:
            StoreUnavailableError: The store is unreachable, or lacks migrations of this release.
        """
        await self._store.check()
