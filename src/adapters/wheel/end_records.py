"""Where an archive ends, and where that end says the directory is: APPNOTE 4.3.14 to 4.3.16."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.wheel.archive_source import ArchiveSource
from adapters.wheel.errors import refused
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
