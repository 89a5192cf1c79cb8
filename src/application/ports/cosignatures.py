"""Cosignatures of the transparency log."""

from typing import Protocol


class Cosignatures(Protocol):
    """Keeps the newest cosignature of each witness, so that every replica serves it with its checkpoint."""

    async def keep_cosignature(self, witness: str, size: int, line: bytes) -> None:
        """Keep a line, unless the one of a larger size is there.

        Raises ``StoreUnavailableError`` when the store is unreachable.
        """
        ...
