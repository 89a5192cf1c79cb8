"""The bytes under an archive, how many of them are read before it is refused, and how that is said."""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from application.ports.wheel_fetcher import WheelContent
from domain.errors import WheelProblem, WheelRefusedError

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCaps:
    """Upper bounds on what a reader takes from one archive.

    Attributes:
        members: Entries, folders included.
        directory_bytes: Size of the central directory, which is held in memory whole.
        inflated_bytes: What all members inflate to.
        dist_info_bytes: What the files that lie directly in ``*.dist-info`` inflate to, which are held in memory.
        ratio: What the members may inflate to, as a multiple of the archive's size.
        unrated_bytes: Up to this much inflates at any ratio: short texts compress very well.
    """

    members: int = 100_000
    directory_bytes: int = 16 * _MIB
    inflated_bytes: int = 2048 * _MIB
    dist_info_bytes: int = 32 * _MIB
    ratio: int = 100
    unrated_bytes: int = 64 * _MIB

    def inflatable_bytes(self, archive_bytes: int) -> int:
        """Return how many bytes an archive of that size may inflate to."""
        return min(self.inflated_bytes, max(self.unrated_bytes, self.ratio * archive_bytes))


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
        self._data = data
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        if offset < 0 or offset + length > self.size:
            raise _outside()
        return self._data[offset : offset + length]


class ArchiveFile:
    """An archive on disk; implements ``ArchiveSource``."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self.size = os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, offset: int, length: int) -> bytes:
        if offset < 0 or offset + length > self.size:
            raise _outside()
        parts = []
        while length:
            part = os.pread(self._file.fileno(), length, offset)
            if not part:
                raise refused(WheelProblem.ARCHIVE_FRAMING, "the archive became shorter while it was read")
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _outside() -> WheelRefusedError:
    return refused(WheelProblem.ARCHIVE_FRAMING, "the archive points to bytes outside itself")


def refused(problem: WheelProblem, what: str) -> WheelRefusedError:
    """Return the refusal of an archive that no build tool writes."""
    return WheelRefusedError(problem, f"{what}; rebuild the wheel with a PEP 517 build backend and upload it unchanged")


def quoted(path: str) -> str:
    """Return a hostile path in a form that fits into a sentence."""
    return ascii(path if len(path) <= 100 else f"{path[:100]}...")
