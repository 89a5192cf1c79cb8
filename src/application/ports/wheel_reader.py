"""Reading a wheel's archive."""

from typing import Protocol

from application.ports.wheel_fetcher import WheelContent
from domain.wheel.archive import WheelArchive


class WheelReader(Protocol):
    """Reads wheel archives."""

    async def read(self, content: WheelContent) -> WheelArchive:
        """Return what the archive holds, without verifying it as a wheel. The bytes are untrusted.

        Raises:
            WheelRefusedError: It is no well-formed ZIP archive, or inflates beyond the caps.
            SpoolUnavailableError: The disk that holds the file fails.
        """
        ...
