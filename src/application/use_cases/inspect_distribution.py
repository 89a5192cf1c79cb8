"""Looking at who owned a distribution, and when."""

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.utils import NormalizedName

from application.ports.distribution_owners import DistributionOwners
from domain.distributions import Distribution, DistributionEvent
from domain.errors import DistributionNotFoundError


@dataclass(frozen=True, slots=True)
class InspectedDistribution:
    """A distribution, and the changes of its owner, oldest first."""

    distribution: Distribution
    history: Sequence[DistributionEvent]


class InspectDistribution:
    """Finds the owner of a distribution."""

    def __init__(self, owners: DistributionOwners) -> None:
        """Take the port."""
        self._owners = owners

    async def execute(self, name: NormalizedName) -> InspectedDistribution:
        """Return a distribution with its history.

        Raises:
            DistributionNotFoundError: It belongs to no namespace.
            StoreUnavailableError: The owners cannot be reached.
        """
        found = await self._owners.find(name)
        if found is None:
            raise DistributionNotFoundError(
                f"the distribution {name} belongs to no namespace; the first to publish it will own it, unless it is "
                "transferred before"
            )
        return InspectedDistribution(found, await self._owners.history(name))
