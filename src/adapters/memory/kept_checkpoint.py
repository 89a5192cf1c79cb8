"""A checkpoint in memory."""


class InMemoryCheckpoint:
    """Keeps the newest checkpoint; implements the port ``KeptCheckpoint``."""

    def __init__(self, note: bytes | None = None) -> None:
        self.note = note

    async def read(self) -> bytes | None:
        """Return it."""
        return self.note

    async def replace(self, note: bytes) -> None:
        """Keep another one."""
        self.note = note
