"""Asking a wheel's host about a wheel without fetching it."""

from typing import Protocol

from domain.availability import FileSignature
from domain.wheel.url import WheelUrl


class OriginProbe(Protocol):
    """Looks at wheels where they are."""

    async def look(self, url: WheelUrl, *, namespace: str | None = None) -> FileSignature:
        """Return what the host says of a wheel, as far as it says anything.

        Args:
            url: Of the wheel.
            namespace: As in ``WheelFetcher``.

        Raises:
            WheelRefusedError: The wheel is not there.
            TransientError: The host cannot be reached, or fails.
        """
        ...
