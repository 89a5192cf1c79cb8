"""Listing the files of a distribution."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from application.ports.distribution_index import DistributionIndex
from domain.distributions import installable_files
from domain.errors import DistributionNotFoundError
from domain.versions import ProviderVersion


class ListFiles:
    """Lists the versions whose files installers choose from."""

    def __init__(self, index: DistributionIndex) -> None:
        """Take the index."""
        self._index = index

    async def execute(self, distribution: NormalizedName) -> Sequence[ProviderVersion]:
        """Return one version for each file, in the order of publication.

        Raises:
            DistributionNotFoundError: There is none.
            StoreUnavailableError: The index is unreachable.
        """
        files = installable_files(await self._index.versions_of(distribution))
        if not files:
            raise DistributionNotFoundError(
                f"no public version has a wheel of {distribution}; GET /simple/ lists the distributions that there are"
            )
        return files
