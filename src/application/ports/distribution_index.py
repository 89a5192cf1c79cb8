"""Finding the files of distributions, as installers do."""

from collections.abc import Sequence
from typing import Protocol

from packaging.utils import NormalizedName

from domain.distributions import IndexFile


class DistributionIndex(Protocol):
    """Knows which wheels the public versions of each namespace have.

    Every method raises ``StoreUnavailableError`` when the index is unreachable.
    """

    async def list_distributions(self, prefix: str) -> Sequence[NormalizedName]:
        """Return the normalised name of every distribution that a namespace published, each once, in order."""
        ...

    async def list_files(self, prefix: str, distribution: NormalizedName) -> Sequence[IndexFile]:
        """Return the wheels of a namespace's public versions that belong to a distribution, one for each version.

        In the order of publication; empty if there are none.
        """
        ...
