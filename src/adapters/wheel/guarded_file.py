"""The file under zipfile, which reads and seeks wherever the archive tells it to."""

import io
import os
from pathlib import Path

from adapters.wheel.member_rules import refused


class GuardedFile(io.BufferedReader):
    """A file that hands out no central directory beyond a cap and knows no place outside itself.

    zipfile reads the directory in one piece and makes an object of every entry before anybody can count them.
    """

    def __init__(self, path: Path, *, largest_read: int) -> None:
        """Open the file for reading."""
        super().__init__(io.FileIO(path))
        self._largest_read = largest_read
        self.size = os.fstat(self.fileno()).st_size

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as any file does.

        Raises:
            WheelRefusedError: More than the cap is asked for.
        """
        if size is not None and size > self._largest_read:
            raise refused("the archive's directory is too large")
        return super().read(size)

    def seek(self, target: int, whence: int = io.SEEK_SET, /) -> int:
        """Seek as any file does.

        Raises:
            EOFError: The place is outside the file; the system's own error could not be told from a broken disk's.
        """
        if whence == io.SEEK_SET and not 0 <= target <= self.size:
            raise EOFError
        return super().seek(target, whence)
