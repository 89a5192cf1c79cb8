"""Browsing the catalog."""

from application.ports.provider_queries import CatalogPage, CatalogSearch, ProviderQueries


class SearchProviders:
    """Finds providers that have a public version."""

    def __init__(self, catalog: ProviderQueries) -> None:
        """Take the catalog."""
        self._catalog = catalog

    async def execute(self, search: CatalogSearch) -> CatalogPage:
        """Return a page of what is found.

        Raises:
            StoreUnavailableError: The catalog is unreachable.
        """
        return await self._catalog.search(search)
