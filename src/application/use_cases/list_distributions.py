"""Listing what installers can ask for."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from application.ports.distribution_index import DistributionIndex


class ListDistributions:
    """Lists distributions with a public version."""

    def __init__(self, index: DistributionIndex) -> None:
        """Take the index."""
        self._index = index

    async def execute(self) -> Sequence[NormalizedName]:
        """Return their normalised names, in order.

        Raises:
            StoreUnavailableError: The index is unreachable.
        """
        return await self._index.list_distributions()
