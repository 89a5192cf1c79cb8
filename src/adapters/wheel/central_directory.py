"""The central directory (APPNOTE 4.3.12) and the extra fields of its entries (APPNOTE 4.5)."""

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence

from adapters.wheel.archive_source import ArchiveCaps, ArchiveSource
from adapters.wheel.end_records import RECORD_SIGNATURE, DirectoryPlace
from adapters.wheel.entries import Entry, decoded_name
from adapters.wheel.errors import quoted, refused
from domain.errors import WheelProblem, WheelRefusedError

ZIP64 = 0x0001
_UNICODE_PATH = 0x7075
_MOST_FIELDS = 64  # a header has room for 16,000 empty ones, which only cost time
_FIELD_HEADER = struct.Struct("<HH")
_UNICODE_PATH_HEADER = struct.Struct("<BL")
DEFERRED = 0xFFFFFFFF
"""What a 32-bit field holds whose value stands in the zip64 field."""


def parse_extras(data: bytes, name: bytes) -> Mapping[int, bytes]:
    """Split a header's extra fields.

    Raises:
        WheelRefusedError: They do not fill their space, are too many, a kind is there twice, or the entry gets another
            name.
    """
    extras: dict[int, bytes] = {}
    if not data:  # as in nearly all headers
        return extras
    place, count = 0, 0
    while place < len(data):
        count += 1
        if count > _MOST_FIELDS:
            raise _invalid(name, f"more than {_MOST_FIELDS} extra fields")
        if place + _FIELD_HEADER.size > len(data):
            raise _invalid(name, "extra fields that are cut")
        kind, length = _FIELD_HEADER.unpack_from(data, place)
        place += _FIELD_HEADER.size + length
        if place > len(data):
            raise _invalid(name, "extra fields that are cut")
        if kind in extras:
            raise _invalid(name, "the same extra field twice")
        extras[kind] = data[place - length : place]
    _check_unicode_path(extras.get(_UNICODE_PATH), name)
    return extras


def widened(fields: Sequence[int], zip64: bytes | None, name: bytes) -> tuple[int, ...]:
    """Return a header's fields with the deferred ones taken from its zip64 field.

    Args:
        fields: In the order of the zip64 field: size, compressed size, and in the directory the offset.
        zip64: The extra field, or None if there is none. Build tools write one that repeats what the header says.
        name: For the sentence.

    Raises:
        WheelRefusedError: The zip64 field holds more or less than the deferred ones, or contradicts the others.
    """
    if zip64 is None and DEFERRED not in fields:
        return tuple(fields)
    deferred = [field == DEFERRED for field in fields]
    if zip64 is None:
        values: tuple[int, ...] = ()
    elif len(zip64) % 8 or len(zip64) > 8 * len(fields):
        raise _invalid(name, "a zip64 field of a wrong size")
    else:
        values = struct.unpack(f"<{len(zip64) // 8}Q", zip64)
    if not any(deferred):
        if values != tuple(fields[: len(values)]):
            raise _invalid(name, "a zip64 field with other values than its header")
        return tuple(fields)
    if len(values) != sum(deferred):
        raise _invalid(name, "a zip64 field that does not hold what its header defers to it")
    wide = iter(values)
    return tuple(next(wide) if defers else field for field, defers in zip(fields, deferred, strict=True))


def _check_unicode_path(field: bytes | None, name: bytes) -> None:
    if field is None:
        return
    expected = _UNICODE_PATH_HEADER.pack(1, zlib.crc32(name)) + name
    if field != expected:
        raise _invalid(name, "a second name")


def _invalid(name: bytes, what: str) -> WheelRefusedError:
    return refused(WheelProblem.ARCHIVE_EXTRA_INVALID, f"the entry {name[:100]!a} has {what}")


_HEADER = struct.Struct("<4s4H4L5H2L")
_SIGNATURE = b"PK\x01\x02"


def read_directory(file: ArchiveSource, place: DirectoryPlace, caps: ArchiveCaps) -> list[Entry]:
    """Return all entries, in the order of the directory.

    Raises:
        WheelRefusedError: The directory is larger than the caps, or is not exactly the entries that were announced.
    """
    if place.entries > caps.members or place.size > caps.directory_bytes:
        raise refused(
            WheelProblem.ARCHIVE_TOO_MANY_FILES,
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
        entry = _entry(fields, data[place:comment])
        if RECORD_SIGNATURE.search(data, comment, end):
            raise _misframed(f"the comment of the entry {quoted(entry.path)} looks like a ZIP record to some tools")
        yield entry
        place = end


def _entry(fields: tuple[int, ...], texts: bytes) -> Entry:
    _, _, version, flags, method, _, crc, compressed, size, name_length, _, _, disk, _, attributes, offset = fields
    name = texts[:name_length]
    if disk:
        raise _misframed(f"the entry {name[:100]!a} lies on another volume")
    zip64 = parse_extras(texts[name_length:], name).get(ZIP64)
    if zip64 and DEFERRED not in (size, compressed, offset):
        raise refused(
            WheelProblem.ARCHIVE_EXTRA_INVALID,
            f"the entry {name[:100]!a} has a zip64 field in the directory without need",
        )
    size, compressed, offset = widened((size, compressed, offset), zip64, name)
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
    )


def _misframed(what: str) -> WheelRefusedError:
    return refused(WheelProblem.ARCHIVE_FRAMING, what)
