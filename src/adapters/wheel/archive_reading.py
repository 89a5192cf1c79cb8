"""Reading an archive from its end: framing and headers first, then every byte once."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.wheel.archive_caps import ArchiveCaps
from adapters.wheel.archive_source import ArchiveSource
from adapters.wheel.central_directory import read_directory
from adapters.wheel.end_records import find_directory
from adapters.wheel.entry import Entry
from adapters.wheel.entry_names import check_names
from adapters.wheel.entry_storage import check_declared_sizes, check_storage, lies_in_dist_info
from adapters.wheel.inflation import inflated
from adapters.wheel.layout import locate_data
from domain.wheel_archives import ArchiveMember, WheelArchive
from domain.wheel_records import further_algorithms

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
