"""The bytes under the archive."""

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from adapters.wheel.refusals import refused
from application.wheel_content import WheelContent
from domain.errors import WheelFault, WheelRefusedError


class ArchiveSource(Protocol):
    """Bytes that are read at given places, whatever the archive says they are."""

    @property
    def size(self) -> int:
        """How many there are, as of opening."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly so many bytes.

        Raises:
            WheelRefusedError: They are not all inside the archive.
            OSError: The disk's own faults.
        """
        ...


def opened(content: WheelContent) -> AbstractContextManager[ArchiveSource]:
    """Open a wheel, wherever it is.

    Raises:
        OSError: The disk's own faults.
    """
    return ArchiveFile(content) if isinstance(content, Path) else nullcontext(ArchiveBytes(content))


class ArchiveBytes:
    """An archive in memory; implements ``ArchiveSource``."""

    def __init__(self, data: bytes) -> None:
        """Read from bytes."""
        self._data = data
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly so many bytes."""
        if offset < 0 or offset + length > self.size:
            raise _outside()
        return self._data[offset : offset + length]


class ArchiveFile:
    """An archive on disk; implements ``ArchiveSource``."""

    def __init__(self, path: Path) -> None:
        """Open the file."""
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
        """Return exactly so many bytes."""
        if offset < 0 or offset + length > self.size:
            raise _outside()
        parts = []
        while length:
            part = os.pread(self._file.fileno(), length, offset)
            if not part:
                raise refused(WheelFault.ARCHIVE_FRAMING, "the archive became shorter while it was read")
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _outside() -> WheelRefusedError:
    return refused(WheelFault.ARCHIVE_FRAMING, "the archive points to bytes outside itself")
