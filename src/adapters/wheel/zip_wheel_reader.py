"""Reading wheels."""

import asyncio
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

from adapters.wheel.archive_caps import ArchiveCaps
from adapters.wheel.archive_file import ArchiveFile
from adapters.wheel.archive_reading import ArchiveReading
from domain.errors import SpoolUnavailableError
from domain.wheel_archives import WheelArchive

_MOST_AT_ONCE = 16
"""As many as are fetched at once by default; what comes on top waits for a thread."""


class ZipWheelReader:
    """A ``WheelReader`` for ZIP archives that every tool reads alike, off the event loop and in flat memory.

    Accepted is what PKWARE's APPNOTE 6.3 allows and wheels need. Every byte of the file belongs to exactly one header
    or entry, every fact that the format states twice is stated alike, and every entry is inflated once.
    """

    def __init__(self, caps: ArchiveCaps | None = None) -> None:
        """Bound every archive by the caps, or by their defaults."""
        self._caps = caps or ArchiveCaps()
        self._threads = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="wheel-reader")

    async def read(self, path: Path) -> WheelArchive:
        """Return what the archive holds, as the port says. Cancelling ends the work within one chunk."""
        abandoned = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, _read, path, self._caps, abandoned)
        except OSError as error:
            raise SpoolUnavailableError("the disk that holds the wheel cannot be read; try again later") from error
        finally:
            abandoned.set()  # cancelling leaves the thread behind


def _read(path: Path, caps: ArchiveCaps, abandoned: threading.Event) -> WheelArchive:
    def proceed() -> None:
        if abandoned.is_set():
            raise CancelledError

    with ArchiveFile(path) as file:
        return ArchiveReading(file, caps, proceed).contents()
