"""An index of distributions in memory."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from adapters.memory.version_store import InMemoryVersionStore, as_listed
from domain.versions import ProviderVersion


class InMemoryDistributionIndex:
    """Finds versions in an in-memory store by the distribution that their wheels belong to."""

    def __init__(self, store: InMemoryVersionStore) -> None:
        """Take the store."""
        self._store = store

    async def list_distributions(self) -> Sequence[NormalizedName]:
        """Return every distribution with a public version, once and in order."""
        return sorted({found.wheel.distribution for found in await self._versions() if found.wheel})

    async def versions_of(self, distribution: NormalizedName) -> Sequence[ProviderVersion]:
        """Return the public versions of a distribution, in the order of publication."""
        found = [each for each in await self._versions() if each.wheel and each.wheel.distribution == distribution]
        return [as_listed(each) for each in sorted(found, key=lambda each: each.published_at or each.created_at)]

    async def _versions(self) -> Sequence[ProviderVersion]:
        return [version for _, versions in await self._store.public() for version in versions]
