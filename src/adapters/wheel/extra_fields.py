"""The extra fields of a header that could change what the header means: APPNOTE 4.5.3 and 4.6.9."""

import struct
import zlib
from collections.abc import Mapping, Sequence

from adapters.wheel.refusals import refused
from domain.errors import WheelFault, WheelRefusedError

ZIP64 = 0x0001
_UNICODE_PATH = 0x7075
_MOST_FIELDS = 64  # a header has room for 16,000 empty ones, which only cost time
_HEADER = struct.Struct("<HH")
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
        if place + _HEADER.size > len(data):
            raise _invalid(name, "extra fields that are cut")
        kind, length = _HEADER.unpack_from(data, place)
        place += _HEADER.size + length
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
    return refused(WheelFault.ARCHIVE_EXTRA_INVALID, f"the entry {name[:100]!a} has {what}")
