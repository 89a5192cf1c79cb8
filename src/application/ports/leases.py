"""Holding what was claimed, whatever it is."""

from typing import Protocol

from domain.tasks import Lease


class Leases(Protocol):
    """Knows who may work on what, whatever the work is.

    Every method raises ``StoreUnavailableError`` when the queue is unreachable, and returns False if the lease is
    not the current one any more; nothing changes then.
    """

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        """Let a lease end so many seconds from now."""
        ...

    async def give_back(self, lease: Lease) -> bool:
        """End a lease whose work was not done. Its attempt is not counted, and others may claim it at once."""
        ...
