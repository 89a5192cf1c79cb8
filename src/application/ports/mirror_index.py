"""Knowing which wheels are mirrored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.mirror import MirroredWheel, RegisteredWheel
from domain.wheel.file import Sha256Digest


class MirrorIndex(Protocol):
    """Knows of which registered wheels there are copies.

    Every method raises ``StoreUnavailableError`` when the index is unreachable.
    """

    async def add(self, wheel: MirroredWheel, *, at: datetime) -> None:
        """Record a copy, which was verified at that time. Safe to repeat."""
        ...

    async def find(self, sha256: Sha256Digest, filename: str) -> MirroredWheel | None:
        """Return the copy of a public version's wheel of that file name, or None."""
        ...

    async def list_missing(self, *, after: Sha256Digest | None, limit: int) -> Sequence[RegisteredWheel]:
        """Return public versions' wheels without a copy, each digest once, in the order of digests."""
        ...

    async def list_verified_before(
        self, moment: datetime, *, limit: int
    ) -> Sequence[tuple[MirroredWheel, RegisteredWheel]]:
        """Return copies that were last verified before a moment, the earliest first, with where they came from."""
        ...

    async def remove_unregistered(self, sha256: Sha256Digest, *, before: datetime) -> bool:
        """Forget a copy that was verified before a moment, unless a public version has that wheel.

        Tell whether none has, and nothing is recorded of it any more.
        """
        ...
