"""Finding the files of distributions, as installers do."""

from collections.abc import Sequence
from typing import Protocol

from packaging.utils import NormalizedName

from domain.versions import ProviderVersion


class DistributionIndex(Protocol):
    """Knows which distributions the public versions' wheels belong to.

    Every method raises ``StoreUnavailableError`` when the index is unreachable.
    """

    async def list_distributions(self) -> Sequence[NormalizedName]:
        """Return the normalised name of every distribution that has a public version, each once, in order."""
        ...

    async def versions_of(self, distribution: NormalizedName) -> Sequence[ProviderVersion]:
        """Return the public versions whose wheel belongs to a distribution, whichever provider they are of.

        In the order of publication, without what ``VersionStore.list_versions`` leaves out; empty if there are none.
        """
        ...
