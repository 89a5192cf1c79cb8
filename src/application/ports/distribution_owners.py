"""Knowing which namespace a distribution belongs to."""

from collections.abc import Sequence
from typing import Protocol

from packaging.utils import NormalizedName

from domain.distributions import Distribution, DistributionEvent


class DistributionOwners(Protocol):
    """Keeps the owner of each distribution, for operators; publications claim distributions by the version store.

    Every method raises ``StoreUnavailableError`` when the owners cannot be reached.
    """

    async def find(self, name: NormalizedName) -> Distribution | None:
        """Return a distribution, or None while it belongs to no namespace."""
        ...

    async def list(self, *, prefix: str | None, limit: int, offset: int) -> Sequence[Distribution]:
        """Return distributions in the order of their names: those of a namespace, or all of them."""
        ...

    async def assign(self, event: DistributionEvent) -> None:
        """Make the event's owner the owner of its distribution, and keep the event."""
        ...

    async def history(self, name: NormalizedName) -> Sequence[DistributionEvent]:
        """Return the changes of a distribution's owner, oldest first; empty if it never had one."""
        ...
