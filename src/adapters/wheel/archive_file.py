"""The file under the archive."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.wheel.refusals import refused
from domain.errors import WheelFault


class ArchiveFile:
    """A file that is read at given places, whatever the archive says they are.

    Attributes:
        size: In bytes, as of opening.
    """

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            OSError: The disk's own faults, here and wherever the file is read.
        """
        self._file = path.open("rb", buffering=0)
        self.size = os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> Self:
        """Return the open file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly so many bytes.

        Raises:
            WheelRefusedError: They are not all inside the file.
        """
        if offset < 0 or offset + length > self.size:
            raise refused(WheelFault.ARCHIVE_FRAMING, "the archive points to bytes outside itself")
        parts = []
        while length:
            part = os.pread(self._file.fileno(), length, offset)
            if not part:
                raise refused(WheelFault.ARCHIVE_FRAMING, "the archive became shorter while it was read")
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
