"""Temporary files for wheels, and what becomes of those whose process was killed."""

import contextlib
import fcntl
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from application.errors import SpoolUnavailableError

_PREFIX = "provider-registry-"
_NEW_SECONDS = 60
"""An empty file that is as new may be one whose owner has yet to lock it."""


class SpoolFile:
    """A temporary file, locked while it is open, which tells it from one that a killed process left behind."""

    def __init__(self, directory: Path) -> None:
        """Create it in a folder.

        Raises:
            SpoolUnavailableError: There is no room for it.
        """
        with _disk():
            descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=".whl", dir=directory)
        self.path = Path(name)
        self._file = os.fdopen(descriptor, "wb")
        self._guard = threading.Lock()
        with contextlib.suppress(OSError):  # a file system without locks has no leftovers removed either
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def append(self, block: bytearray) -> None:
        """Append bytes, unless the file was closed meanwhile.

        Raises:
            SpoolUnavailableError: The disk is full or failing.
        """
        with self._guard, _disk():
            if not self._file.closed:
                self._file.write(block)
                self._file.flush()

    def remove(self) -> None:
        """Take it out of its folder; its bytes stay until it is closed."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of its bytes, once nobody appends any."""
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


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolUnavailableError(
            "the registry has no room on disk to check the wheel; try again later", retry_after=60
        ) from error
