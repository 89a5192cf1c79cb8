"""What was decided about the publishers of providers."""

from collections.abc import Sequence
from typing import Protocol

from domain.names import ProviderName
from domain.provenance.record import PublisherEvent


class PublisherRepository(Protocol):
    """Keeps decisions about publishers. They are only ever added."""

    async def history(self, name: ProviderName) -> Sequence[PublisherEvent]:
        """Return all that was decided about a provider's publisher, in its order; nothing if nothing was.

        Raises:
            StoreUnavailableError: The database is unreachable.
        """
        ...

    async def add(self, name: ProviderName, event: PublisherEvent) -> None:
        """Add a decision. Registrations that are under way see it: they decide again.

        Raises:
            StoreUnavailableError: The database is unreachable.
        """
        ...

    async def list_providers(self) -> Sequence[ProviderName]:
        """Return the providers about whose publishers something was decided, in the order of their names.

        Raises:
            StoreUnavailableError: The database is unreachable.
        """
        ...
