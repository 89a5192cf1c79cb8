"""Witnesses of the transparency log."""

from collections.abc import Sequence
from typing import Protocol

from domain.log.notes import Note
from domain.log.witnesses import WitnessKey, WitnessReply


class Witness(Protocol):
    """Remembers how far a log has grown, and cosigns what only grew."""

    @property
    def key(self) -> WitnessKey:
        """The key that it signs with."""
        ...

    async def add_checkpoint(self, old: int, proof: Sequence[bytes], note: Note) -> WitnessReply:
        """Ask for a cosignature, in bounded time. Raises nothing: a witness that is unreachable declined."""
        ...
