"""The central directory: APPNOTE 4.3.12."""

import struct
from collections.abc import Iterator

from adapters.wheel.archive_caps import ArchiveCaps
from adapters.wheel.archive_source import ArchiveSource
from adapters.wheel.end_records import RECORD_SIGNATURE, DirectoryPlace
from adapters.wheel.entry import LOCAL_SIGNATURE, STREAMED_FLAG, Entry
from adapters.wheel.entry_names import decoded_name
from adapters.wheel.extra_fields import DEFERRED, ZIP64, parse_extras, widened
from adapters.wheel.refusals import quoted, refused
from domain.errors import WheelFault, WheelRefusedError

_HEADER = struct.Struct("<4s4H4L5H2L")
_SIGNATURE = b"PK\x01\x02"
_REPEATED = slice(6, 32)
"""From the version needed to the length of the extra fields: what a local header repeats behind its signature."""


def read_directory(file: ArchiveSource, place: DirectoryPlace, caps: ArchiveCaps) -> list[Entry]:
    """Return all entries, in the order of the directory.

    Raises:
        WheelRefusedError: The directory is larger than the caps, or is not exactly the entries that were announced.
    """
    if place.entries > caps.members or place.size > caps.directory_bytes:
        raise refused(
            WheelFault.ARCHIVE_TOO_MANY_FILES,
            f"the archive's directory is too large: {place.entries} entries in {place.size} bytes, "
            f"where {caps.members} and {caps.directory_bytes} are allowed",
        )
    entries = list(_entries(file.read(place.offset, place.size)))
    if len(entries) != place.entries:
        raise _misframed(f"the archive has {len(entries)} entries and announces {place.entries}")
    return entries


def _entries(data: bytes) -> Iterator[Entry]:
    place = 0
    while place < len(data):
        header = data[place : place + _HEADER.size]
        if len(header) < _HEADER.size or not header.startswith(_SIGNATURE):
            raise _misframed("the archive's directory holds something that is no entry")
        fields = _HEADER.unpack(header)
        place += _HEADER.size
        comment = place + fields[9] + fields[10]
        end = comment + fields[11]
        if end > len(data):
            raise _misframed("the archive's directory is cut")
        entry = _entry(fields, data[place:comment], LOCAL_SIGNATURE + header[_REPEATED])
        if RECORD_SIGNATURE.search(data, comment, end):
            raise _misframed(f"the comment of the entry {quoted(entry.path)} looks like a ZIP record to some tools")
        yield entry
        place = end


def _entry(fields: tuple[int, ...], texts: bytes, repeated: bytes) -> Entry:
    _, _, version, flags, method, _, crc, compressed, size, name_length, _, _, disk, _, attributes, offset = fields
    name = texts[:name_length]
    if disk:
        raise _misframed(f"the entry {name[:100]!a} lies on another volume")
    zip64 = parse_extras(texts[name_length:], name).get(ZIP64)
    if zip64 and DEFERRED not in (size, compressed, offset):
        raise refused(
            WheelFault.ARCHIVE_EXTRA_INVALID,
            f"the entry {name[:100]!a} has a zip64 field in the directory without need",
        )
    size, compressed, offset = widened((size, compressed, offset), zip64, name)
    can_mirror = zip64 is None and not flags & STREAMED_FLAG
    return Entry(
        path=decoded_name(name, flags),
        version=version,
        flags=flags,
        method=method,
        crc=crc,
        compressed=compressed,
        size=size,
        offset=offset,
        attributes=attributes,
        mirrored=repeated + texts if can_mirror else b"",
    )


def _misframed(what: str) -> WheelRefusedError:
    return refused(WheelFault.ARCHIVE_FRAMING, what)
