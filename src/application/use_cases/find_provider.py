"""Showing one provider."""

from application.ports.provider_queries import ProviderQueries
from domain.catalog import CatalogEntry
from domain.errors import ProviderNotFoundError
from domain.names import ProviderName


class FindProvider:
    """Finds a provider that has a public version."""

    def __init__(self, catalog: ProviderQueries) -> None:
        """Take the catalog."""
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
