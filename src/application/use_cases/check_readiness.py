"""Whether requests can be served."""

from application.ports.health_check import HealthCheck


class CheckReadiness:
    """Asks what the registry depends on."""

    def __init__(self, health: HealthCheck) -> None:
        self._health = health

    async def execute(self) -> None:
        """Return if requests can be served.

        Raises:
            StoreUnavailableError: The store is unreachable, or lacks migrations of this release.
        """
        await self._health.ping()
