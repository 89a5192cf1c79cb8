"""What was signed last, apart from the database."""

from typing import Protocol


class KeptCheckpoint(Protocol):
    """Keeps one signed checkpoint where a database that goes back does not take it along.

    Every method raises ``CheckpointNotKeptError`` when it can be neither read nor written.
    """

    async def read(self) -> bytes | None:
        """Return what was kept; None at first."""
        ...

    async def replace(self, note: bytes) -> None:
        """Keep a signed checkpoint. A crash leaves the old one or the new one."""
        ...
