"""Checking whether the registry can serve."""

from typing import Protocol


class HealthCheck(Protocol):
    """Checks the database."""

    async def ping(self) -> None:
        """Return if the database can serve.

        Raises:
            StoreUnavailableError: It is unreachable, or its schema is not the one that this release needs.
        """
        ...
