"""Listing what installers can ask for."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from application.ports.distribution_index import DistributionIndex
from domain.names import PLATFORM


class ListDistributions:
    """Lists the distributions of a namespace's index."""

    def __init__(self, index: DistributionIndex) -> None:
        """Take the index."""
        self._index = index

    async def execute(self, prefix: str = PLATFORM) -> Sequence[NormalizedName]:
        """Return the normalised names of the distributions that a namespace published, in order.

        Raises:
            StoreUnavailableError: The index is unreachable.
        """
        return await self._index.list_distributions(prefix)
