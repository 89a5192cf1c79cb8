"""Spooling a wheel's bytes while it is checked."""

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

from application.errors import SpoolUnavailableError
from application.ports.wheel_fetcher import WheelContent
from application.scheduling import run_in_thread_if_large
from domain.wheel.file import Sha256Digest

_PREFIX = "provider-registry-"
_NEW_SECONDS = 60
"""The owner of an empty file that is newer may not have locked it yet."""
BLOCK_BYTES = 1024 * 1024
"""Large enough that handing a block to a thread costs little compared with hashing it."""


class SpoolFile:
    """A temporary file, locked while open: one without a lock is a leftover of a killed process."""

    def __init__(self, directory: Path) -> None:
        with _disk_errors():
            descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=".whl", dir=directory)
        self.path = Path(name)
        self._file = os.fdopen(descriptor, "wb")
        self._guard = threading.Lock()
        with contextlib.suppress(OSError):  # a file system without locks has no leftovers removed either
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def append(self, block: bytearray) -> None:
        """Append bytes, unless the file is closed.

        Raises:
            SpoolUnavailableError: The disk is full or failing.
        """
        with self._guard, _disk_errors():
            if not self._file.closed:
                self._file.write(block)
                self._file.flush()

    def remove(self) -> None:
        """Unlink the file; its blocks stay allocated until it is closed."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file, once no thread is appending."""
        with self._guard, contextlib.suppress(OSError):
            self._file.close()


class Spool:
    """Hashes what is written to it, and keeps less than a block in memory, more in a temporary file.

    The file stays until ``remove``. Hashing and writing happen in a thread, one block behind the network, so memory
    holds two blocks at most.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._sha256 = hashlib.sha256()
        self._block = bytearray()  # not a list: a host may send a megabyte byte by byte
        self._file: SpoolFile | None = None
        self._pending: asyncio.Future[None] | None = None
        self.size = 0

    def remove(self) -> None:
        """Remove the file, if there is one."""
        if self._file is None:
            return
        self._file.remove()
        if self._pending is not None:
            self._pending.add_done_callback(_retrieve_exception)
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
            await self._flush()

    async def finish(self) -> None:
        """Return when all that was written is hashed and can be read.

        Raises:
            SpoolUnavailableError: The disk is full or failing.
        """
        if self._file is None:
            await run_in_thread_if_large(self.size, self._sha256.update, self._block)
            return
        await self._flush()
        await self._join()

    async def _flush(self) -> None:
        block, self._block = self._block, bytearray()
        if self._file is None:
            self._file = SpoolFile(self._directory)
        await self._join()
        self._pending = asyncio.get_running_loop().run_in_executor(None, self._process, self._file, block)

    async def _join(self) -> None:
        if self._pending is not None:
            await self._pending

    def _process(self, file: SpoolFile, block: bytearray) -> None:
        self._sha256.update(block)
        file.append(block)


def _retrieve_exception(pending: asyncio.Future[None]) -> None:
    """Mark the exception of an abandoned write as seen, or asyncio would log it."""
    if not pending.cancelled():
        pending.exception()


def remove_leftovers(directory: Path) -> int:
    """Remove the files that killed processes left in a folder, and return their number.

    Files that a process on this host has open stay.
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


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolUnavailableError(
            "the registry has no room on disk to check the wheel; try again later", retry_after=60
        ) from error
