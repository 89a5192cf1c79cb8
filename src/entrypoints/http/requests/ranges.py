"""One byte range of a file (RFC 9110, sections 13.1.5 and 14)."""

import re
from dataclasses import dataclass

_SPEC = re.compile(r"bytes=\s*([0-9]*)-([0-9]*)\s*", re.ASCII | re.IGNORECASE)
_MOST_DIGITS = 18


class UnsatisfiableRangeError(Exception):
    """The range lies outside of the file."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """From ``start`` to before ``end``."""

    start: int
    end: int


def requested_range(header: str, if_range: str, *, size: int, etag: str) -> ByteRange | None:
    """Return the range that a request asks for; None for the whole file.

    Malformed ranges, several ranges, other units, and a range of another file than that of ``If-Range`` ask for all.

    Raises:
        UnsatisfiableRangeError: None of its bytes are in the file.
    """
    found = _SPEC.fullmatch(header.strip())
    if found is None or (if_range and if_range.strip() != etag):
        return None
    first, last = _number(found[1]), _number(found[2])
    if first is None:
        return None if last is None else _suffix(last, size)
    if last is not None and last < first:
        return None
    start, end = first, size if last is None else min(last + 1, size)
    if start >= size:
        raise UnsatisfiableRangeError
    return ByteRange(start, end)


def _number(digits: str) -> int | None:
    """Return a position; one that no file reaches for a text that int() would refuse or take long to read."""
    significant = digits.lstrip("0")
    return None if not digits else 10**_MOST_DIGITS if len(significant) > _MOST_DIGITS else int(significant or "0")


def _suffix(length: int, size: int) -> ByteRange:
    if not length or not size:
        raise UnsatisfiableRangeError
    return ByteRange(max(size - length, 0), size)
