"""The central directory (APPNOTE 4.3.12), its end records (4.3.14 to 4.3.16) and the extra fields of entries (4.5)."""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.wheel.archive_source import ArchiveCaps, ArchiveSource, quoted, refused
from adapters.wheel.entries import Entry, decoded_name
from domain.errors import WheelProblem, WheelRefusedError

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_LONGEST_COMMENT = 0xFFFF
RECORD_SIGNATURE = re.compile(rb"PK[\x01-\x08]")
"""What every record of the format begins with, and therefore no comment may hold."""

_LOCATOR = struct.Struct("<4sLQL")
_LOCATOR_SIGNATURE = b"PK\x06\x07"
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_SIGNATURE = b"PK\x06\x06"
ZIP64 = 0x0001
_UNICODE_PATH = 0x7075
_MOST_FIELDS = 64  # a header has room for 16,000 empty ones, which only cost time
_FIELD_HEADER = struct.Struct("<HH")
_UNICODE_PATH_HEADER = struct.Struct("<BL")
DEFERRED = 0xFFFFFFFF
"""What a 32-bit field holds whose value stands in the zip64 field."""
_HEADER = struct.Struct("<4s4H4L5H2L")
_SIGNATURE = b"PK\x01\x02"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPlace:
    """What the end of the archive says about the central directory: it ends where the end records begin."""

    entries: int
    size: int
    offset: int


def find_directory(file: ArchiveSource) -> DirectoryPlace:
    """Read the end records, which fill the file's end together with the archive's comment.

    Raises:
        WheelRefusedError: There is no end record, another one that a reader could take, or anything after its comment;
            or it contradicts itself, its zip64 companion, or where it stands.
    """
    end = _end_offset(file)
    _, disk, first_disk, here, entries, size, offset, _ = _END.unpack(file.read(end, _END.size))
    if disk or first_disk or here != entries:
        raise _misframed("the archive is one of several volumes")
    place = DirectoryPlace(entries=entries, size=size, offset=offset)
    if end >= _LOCATOR.size and file.read(end - _LOCATOR.size, 4) == _LOCATOR_SIGNATURE:
        # Readers differ in whether they look for it when no 32-bit field tells them to, so it must say the same.
        end, wide = _read_zip64(file, end - _LOCATOR.size)
        place = _agreed(place, wide)
    if place.offset + place.size != end:
        raise _misframed("the archive's directory does not lie where its end record says")
    return place


def _end_offset(file: ArchiveSource) -> int:
    """Return the offset of the end record, the only one that reaches the end of the file with its comment."""
    tail_size = min(file.size, _END.size + _LONGEST_COMMENT)
    tail = file.read(file.size - tail_size, tail_size)
    candidates = list(_places(tail, _END_SIGNATURE))
    if not candidates:
        raise refused(WheelProblem.NOT_AN_ARCHIVE, "the file does not end as a ZIP archive does")
    reaching = [place for place in candidates if _reaches_the_end(tail, place)]
    if len(reaching) != 1:
        raise _misframed("the archive has other bytes or another end record after its end record")
    place = reaching[0]
    comment = place + _END.size
    if comment < tail_size and RECORD_SIGNATURE.search(tail, place + len(_END_SIGNATURE)):
        # Many readers take the last signature in the file for the end record, whatever follows it.
        raise _misframed("the archive's comment looks like a ZIP record to some tools; remove the comment")
    return file.size - tail_size + place


def _places(data: bytes, signature: bytes) -> Iterator[int]:
    place = data.find(signature)
    while place >= 0:
        yield place
        place = data.find(signature, place + 1)


def _reaches_the_end(tail: bytes, place: int) -> bool:
    if place + _END.size > len(tail):
        return False
    *_, comment = _END.unpack_from(tail, place)
    return place + _END.size + int(comment) == len(tail)


def _read_zip64(file: ArchiveSource, locator: int) -> tuple[int, DirectoryPlace]:
    """Return where the zip64 end record stands and what it says; it stands just before its locator."""
    place = locator - _END64.size
    _, disk, offset, disks = _LOCATOR.unpack(file.read(locator, _LOCATOR.size))
    if disk or disks != 1 or offset != place:
        raise _misframed("the archive's zip64 locator does not point to the record before it")
    fields = _END64.unpack(file.read(place, _END64.size))
    signature, length, _, _, disk, first_disk, here, entries, size, directory = fields
    if signature != _END64_SIGNATURE or length != _END64.size - 12:  # counted from behind the length itself
        raise _misframed("the archive has no zip64 end record of the plain kind where its locator points")
    if disk or first_disk or here != entries:
        raise _misframed("the archive is one of several volumes")
    return place, DirectoryPlace(entries=entries, size=size, offset=directory)


def _agreed(narrow: DirectoryPlace, wide: DirectoryPlace) -> DirectoryPlace:
    pairs = (
        (narrow.entries, wide.entries, 0xFFFF),
        (narrow.size, wide.size, 0xFFFFFFFF),
        (narrow.offset, wide.offset, 0xFFFFFFFF),
    )
    if any(value not in (wider, deferring) for value, wider, deferring in pairs):
        raise _misframed("the archive's end record and its zip64 end record disagree")
    return wide


def _misframed(what: str) -> WheelRefusedError:
    return refused(WheelProblem.ARCHIVE_FRAMING, what)


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
