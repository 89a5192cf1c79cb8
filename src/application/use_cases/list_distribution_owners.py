"""Listing which namespace each distribution belongs to."""

from collections.abc import Sequence

from application.ports.distribution_owners import DistributionOwners
from domain.distributions import Distribution


class ListDistributionOwners:
    """Lists distributions and their owners."""

    def __init__(self, owners: DistributionOwners) -> None:
        """Take the port."""
        self._owners = owners

    async def execute(self, *, prefix: str | None = None, limit: int = 100, offset: int = 0) -> Sequence[Distribution]:
        """Return distributions in the order of their names: those of a namespace, or all of them.

        Raises:
            StoreUnavailableError: The owners cannot be reached.
        """
        return await self._owners.list(prefix=prefix, limit=limit, offset=offset)
