"""Looking into a wheel."""

from pathlib import Path
from typing import Protocol

from domain.wheels import WheelArchive


class WheelReader(Protocol):
    """Reads wheel archives."""

    async def read(self, path: Path) -> WheelArchive:
        """Return what the archive holds, without judging it as a wheel. The file is hostile until proven otherwise.

        Raises:
            WheelRefusedError: It is no readable ZIP archive, or inflates beyond the caps.
        """
        ...
