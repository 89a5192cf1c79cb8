"""Reading wheels."""

import asyncio
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor

from adapters.wheel.archive_caps import ArchiveCaps
from adapters.wheel.archive_reading import ArchiveReading
from adapters.wheel.archive_source import opened
from application.errors import SpoolUnavailableError
from application.off_loop import SMALL
from application.wheel_content import WheelContent
from domain.wheel_archives import WheelArchive

_SMALL_INFLATED = 8 * SMALL
_MOST_AT_ONCE = 16
"""As many as are fetched at once by default; what comes on top waits for a thread."""


class ZipWheelReader:
    """A ``WheelReader`` for ZIP archives that every tool reads alike, in flat memory; large ones off the event loop.

    Accepted is what PKWARE's APPNOTE 6.3 allows and wheels need. Every byte of the file belongs to exactly one header
    or entry, every fact that the format states twice is stated alike, and every entry is inflated once.
    """

    def __init__(self, caps: ArchiveCaps | None = None) -> None:
        """Bound every archive by the caps, or by their defaults."""
        self._caps = caps or ArchiveCaps()
        self._threads = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="wheel-reader")

    async def read(self, content: WheelContent) -> WheelArchive:
        """Return what the archive holds, as the port says. Cancelling ends the work within one chunk."""
        try:
            small = _read_small(content, self._caps)
            return await self._read_large(content) if small is None else small
        except OSError as error:
            raise SpoolUnavailableError("the disk that holds the wheel cannot be read; try again later") from error

    async def _read_large(self, content: WheelContent) -> WheelArchive:
        abandoned = threading.Event()
        reading = asyncio.get_running_loop().run_in_executor(self._threads, _read, content, self._caps, abandoned)
        try:
            return await reading
        finally:
            abandoned.set()  # cancelling leaves the thread behind


def _read(content: WheelContent, caps: ArchiveCaps, abandoned: threading.Event) -> WheelArchive:
    def proceed() -> None:
        if abandoned.is_set():
            raise CancelledError

    with opened(content) as file:
        reading = ArchiveReading(file, caps, proceed)
        return reading.contents(reading.framed())


def _read_small(content: WheelContent, caps: ArchiveCaps) -> WheelArchive | None:
    """Read what takes less time than a thread, or return None."""
    with opened(content) as file:
        if file.size > SMALL:
            return None
        reading = ArchiveReading(file, caps, lambda: None)
        entries = reading.framed()
        return reading.contents(entries) if sum(entry.size for entry in entries) <= _SMALL_INFLATED else None
