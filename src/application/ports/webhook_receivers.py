"""Keeping receivers, as operators do."""

from collections.abc import Callable, Sequence
from typing import Protocol

from domain.webhooks.receivers import Receiver


class WebhookReceivers(Protocol):
    """Holds receivers by their names. Every method raises ``StoreUnavailableError`` when the store is unreachable."""

    async def add(self, receiver: Receiver) -> bool:
        """Add a receiver, which is due at once. Return False if there is one of that name."""
        ...

    async def find(self, name: str) -> Receiver | None:
        """Return a receiver, or None."""
        ...

    async def list_receivers(self) -> Sequence[Receiver]:
        """Return all receivers, by name."""
        ...

    async def change(self, name: str, change: Callable[[Receiver], Receiver]) -> Receiver | None:
        """Change a receiver while nothing else does, and return it afterwards; None if it is not there.

        Its worker loses the lease. The receiver is due at once, or when that lease would have ended, so that two
        workers never send at the same time. What ``change`` raises is raised, and nothing changes then.
        """
        ...

    async def remove(self, name: str) -> bool:
        """Remove a receiver. Return whether it was there."""
        ...
