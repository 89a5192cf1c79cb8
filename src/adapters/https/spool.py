"""Holding a wheel's bytes on disk while it is checked."""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from application.off_loop import SMALL
from domain.digests import Sha256Digest
from domain.errors import SpoolUnavailableError

_PREFIX = "provider-registry-"
# Large enough that handing a block to a thread costs nothing beside hashing it.
_BLOCK_BYTES = 1024 * 1024
_NEW_SECONDS = 60
"""An empty file that is as new may be one whose owner has yet to lock it."""


class Spool:
    """A temporary file that hashes what is written to it.

    A context manager: the file exists from entry to exit. Hashing and writing happen in a thread, one block behind
    what arrives, so memory holds two blocks at most; what fits into a small block takes less time than a thread. The
    file is locked while it lives, which tells it from one that a killed process left behind.
    """

    def __init__(self, directory: Path) -> None:
        """Take the folder to put the file in."""
        self._directory = directory
        self._sha256 = hashlib.sha256()
        self._block = bytearray()  # and no list: a host may send a megabyte by the byte
        self._pending: asyncio.Future[None] | None = None
        self._guard = threading.Lock()
        self.size = 0

    def __enter__(self) -> Self:
        """Create the file.

        Raises:
            SpoolUnavailableError: There is no room for it.
        """
        with _disk():
            descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=".whl", dir=self._directory)
            self.path = Path(name)
            self._file = os.fdopen(descriptor, "wb")
        with contextlib.suppress(OSError):  # a file system without locks has no leftovers removed either
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the file, whatever happened."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        if self._pending is None:
            self._close()
            return
        self._pending.add_done_callback(_forget)
        # Closing frees the blocks, tens of milliseconds for a large file; a cancelled write may still be under way.
        self._closing = asyncio.get_running_loop().run_in_executor(None, self._close)

    @property
    def sha256(self) -> Sha256Digest:
        """The digest of all that was written, once finished."""
        return Sha256Digest(self._sha256.hexdigest())

    async def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises:
            SpoolUnavailableError: The disk is full or failing.
        """
        self.size += len(chunk)
        self._block += chunk
        if len(self._block) >= _BLOCK_BYTES:
            await self._hand_over()

    async def finish(self) -> None:
        """Return when all that was written is hashed and readable under ``path``.

        Raises:
            SpoolUnavailableError: The disk is full or failing.
        """
        if self._pending is None and self.size <= SMALL:
            with _disk():
                self._absorb(self._block)
            return
        await self._hand_over()
        await self._settle()

    async def _hand_over(self) -> None:
        block, self._block = self._block, bytearray()
        await self._settle()
        self._pending = asyncio.get_running_loop().run_in_executor(None, self._absorb, block)

    async def _settle(self) -> None:
        if self._pending is not None:
            with _disk():
                await self._pending

    def _absorb(self, block: bytearray) -> None:
        with self._guard:
            if not self._file.closed:
                self._sha256.update(block)
                self._file.write(block)
                self._file.flush()

    def _close(self) -> None:
        with self._guard, contextlib.suppress(OSError):
            self._file.close()


def remove_leftovers(directory: Path) -> int:
    """Remove what killed processes left in a folder, and return how many files that were.

    Files in use, by whatever process on this host, stay.
    """
    return sum(_remove_unlocked(path) for path in directory.glob(f"{_PREFIX}*.whl"))


def _remove_unlocked(path: Path) -> bool:
    with contextlib.suppress(OSError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = os.fstat(file.fileno())
        if found.st_size or time.time() - found.st_mtime > _NEW_SECONDS:
            path.unlink()
            return True
    return False


def _forget(pending: asyncio.Future[None]) -> None:
    """Look at a failure that nobody waits for any more, or asyncio would report it."""
    if not pending.cancelled():
        pending.exception()


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolUnavailableError(
            "the registry has no room on disk to check the wheel; try again later", retry_after=60
        ) from error
