"""Holding a wheel's bytes while it is checked."""

import asyncio
import hashlib
from pathlib import Path

from adapters.https.spool_file import SpoolFile
from application.off_loop import off_loop
from application.wheel_content import WheelContent
from domain.digests import Sha256Digest

BLOCK_BYTES = 1024 * 1024
"""Large enough that handing a block to a thread costs nothing beside hashing it."""


class Spool:
    """Keeps and hashes what is written to it: what is shorter than a block in memory, all else in a temporary file.

    The file, if it is needed, stays until it is removed. Hashing and writing happen in a thread, one block behind what
    arrives, so memory holds two blocks at most.
    """

    def __init__(self, directory: Path) -> None:
        """Take the folder to put the file in."""
        self._directory = directory
        self._sha256 = hashlib.sha256()
        self._block = bytearray()  # and no list: a host may send a megabyte by the byte
        self._file: SpoolFile | None = None
        self._pending: asyncio.Future[None] | None = None
        self.size = 0

    def remove(self) -> None:
        """Remove the file, if there is one, whatever happened."""
        if self._file is None:
            return
        self._file.remove()
        if self._pending is not None:
            self._pending.add_done_callback(_forget)
        # Closing frees the blocks, tens of milliseconds for a large file; a cancelled write may still be under way.
        self._closing = asyncio.get_running_loop().run_in_executor(None, self._file.close)

    @property
    def sha256(self) -> Sha256Digest:
        """The digest of all that was written, once finished."""
        return Sha256Digest(self._sha256.hexdigest())

    @property
    def content(self) -> WheelContent:
        """All that was written, once finished."""
        return bytes(self._block) if self._file is None else self._file.path

    async def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises:
            SpoolUnavailableError: The disk is full or failing.
        """
        self.size += len(chunk)
        self._block += chunk
        if len(self._block) >= BLOCK_BYTES:
            await self._hand_over()

    async def finish(self) -> None:
        """Return when all that was written is hashed and can be read.

        Raises:
            SpoolUnavailableError: The disk is full or failing.
        """
        if self._file is None:
            await off_loop(self.size, self._sha256.update, self._block)
            return
        await self._hand_over()
        await self._settle()

    async def _hand_over(self) -> None:
        block, self._block = self._block, bytearray()
        if self._file is None:
            self._file = SpoolFile(self._directory)
        await self._settle()
        self._pending = asyncio.get_running_loop().run_in_executor(None, self._absorb, self._file, block)

    async def _settle(self) -> None:
        if self._pending is not None:
            await self._pending

    def _absorb(self, file: SpoolFile, block: bytearray) -> None:
        self._sha256.update(block)
        file.append(block)


def _forget(pending: asyncio.Future[None]) -> None:
    """Look at a failure that nobody waits for any more, or asyncio would report it."""
    if not pending.cancelled():
        pending.exception()
