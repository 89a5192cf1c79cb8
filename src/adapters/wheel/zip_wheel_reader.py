"""Reading wheels: framing and headers from the end of the archive first, then every byte once."""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, field

from adapters.wheel.archive_source import ArchiveCaps, ArchiveSource, opened
from adapters.wheel.central_directory import find_directory, read_directory
from adapters.wheel.entries import Entry, check_declared_sizes, check_names, check_storage, lies_in_dist_info
from adapters.wheel.local_headers import inflated, locate_data
from application.errors import SpoolUnavailableError
from application.ports.wheel_fetcher import WheelContent
from application.scheduling import SMALL
from domain.wheel.archive import ArchiveMember, WheelArchive, further_algorithms

_ALWAYS = "sha256"


@dataclass(slots=True)
class ArchiveReading:
    """One pass over one archive.

    Attributes:
        file: The open archive.
        proceed: Called often, to stop the work by an exception.
    """

    file: ArchiveSource
    caps: ArchiveCaps
    proceed: Callable[[], None]
    _places: Mapping[int, int] = field(init=False, default_factory=dict)
    _kept: dict[str, bytes] = field(init=False, default_factory=dict)

    def contents(self, entries: Sequence[Entry]) -> WheelArchive:
        """Return what the archive holds; ``entries`` as they are framed.

        Raises:
            WheelRefusedError: Something inside is not well-formed.
        """
        files = [entry for entry in entries if not entry.is_folder]
        folders = tuple(entry.path for entry in entries if entry.is_folder)
        records = [entry for entry in files if _is_record(entry)]
        members = {entry.path: self._member(entry, _ALWAYS) for entry in records}
        algorithms = self._algorithms(records, paths={entry.path for entry in entries})
        for entry in files:
            if entry.path not in members:
                members[entry.path] = self._member(entry, algorithms.get(entry.path, _ALWAYS))
        return WheelArchive(tuple(members[entry.path] for entry in files), self._kept, folders)

    def framed(self) -> Sequence[Entry]:
        """Return the entries, each of which has its place in the archive and will inflate to its size.

        Raises:
            WheelRefusedError: The archive is not well-formed, or beyond the caps.
        """
        place = find_directory(self.file)
        entries = read_directory(self.file, place, self.caps)
        check_storage(entries)
        check_names(entries)
        check_declared_sizes(entries, self.caps, archive_bytes=self.file.size)
        self._places = locate_data(self.file, entries, directory=place.offset, proceed=self.proceed)
        for folder in entries:
            if folder.is_folder:
                for _ in self._chunks(folder):
                    pass
        return entries

    def _algorithms(self, records: Iterable[Entry], *, paths: Collection[str]) -> dict[str, str]:
        named: dict[str, str] = {}
        for record in records:
            self.proceed()
            named |= further_algorithms(self._kept[record.path], paths=paths)
        return named

    def _member(self, entry: Entry, algorithm: str) -> ArchiveMember:
        hashes = {_ALWAYS: hashlib.sha256()}
        if algorithm != _ALWAYS:
            hashes[algorithm] = hashlib.new(algorithm)
        chunks: Iterable[bytes] = self._chunks(entry)
        if lies_in_dist_info(entry.path):
            self._kept[entry.path] = b"".join(chunks)
            chunks = (self._kept[entry.path],)
        for chunk in chunks:
            for digest in hashes.values():
                digest.update(chunk)
        return ArchiveMember(entry.path, entry.size, {name: digest.digest() for name, digest in hashes.items()})

    def _chunks(self, entry: Entry) -> Iterator[bytes]:
        self.proceed()
        for chunk in inflated(self.file, entry, self._places[entry.offset]):
            self.proceed()
            yield chunk


def _is_record(entry: Entry) -> bool:
    return entry.path.endswith("/RECORD") and lies_in_dist_info(entry.path)


_SMALL_INFLATED = 8 * SMALL
_MOST_AT_ONCE = 16
"""As many as are fetched at once by default; what comes on top waits for a thread."""


class ZipWheelReader:
    """A ``WheelReader`` for ZIP archives that every tool reads alike, in flat memory; large ones off the event loop.

    Accepted is what PKWARE's APPNOTE 6.3 allows and wheels need. Every byte of the file belongs to exactly one header
    or entry, every fact that the format states twice is stated alike, and every entry is inflated once.
    """

    def __init__(self, caps: ArchiveCaps | None = None) -> None:
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
