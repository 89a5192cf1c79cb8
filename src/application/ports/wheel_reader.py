"""Looking into a wheel."""

from pathlib import Path
from typing import Protocol

from domain.wheel_archives import WheelArchive


class WheelReader(Protocol):
    """Reads wheel archives."""

    async def read(self, path: Path) -> WheelArchive:
        """Return what the archive holds, without judging it as a wheel. The file is hostile until proven otherwise.

        Raises:
            WheelRefusedError: It is no well-formed ZIP archive, or inflates beyond the caps.
            SpoolUnavailableError: The disk that holds the file fails.
        """
        ...
