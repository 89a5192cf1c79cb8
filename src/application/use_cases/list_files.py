"""Listing the files of a distribution."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from application.ports.distribution_index import DistributionIndex
from domain.distributions import IndexFile, installable_files
from domain.errors import DistributionNotFoundError
from domain.names import PLATFORM


class ListFiles:
    """Lists the files that installers choose from."""

    def __init__(self, index: DistributionIndex) -> None:
        """Take the index."""
        self._index = index

    async def execute(self, distribution: NormalizedName, prefix: str = PLATFORM) -> Sequence[IndexFile]:
        """Return each file of a distribution on a namespace's index once, in the order of publication.

        Raises:
            DistributionNotFoundError: There is none.
            StoreUnavailableError: The index is unreachable.
        """
        files = installable_files(await self._index.list_files(prefix, distribution))
        if not files:
            raise DistributionNotFoundError(f"no published version of {prefix} has a wheel of {distribution}")
        return files
