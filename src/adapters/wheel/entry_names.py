"""Which names entries may have, alone and together."""

import re
from collections.abc import Iterable

from adapters.wheel.entry import UTF_8_FLAG, Entry
from adapters.wheel.refusals import quoted, refused
from domain.errors import WheelFault, WheelRefusedError
from domain.portable_names import first_collision, windows_reading

_PLAIN_PART = r"(?!(?i:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:[./]|$))[A-Za-z0-9_-][A-Za-z0-9._+-]{0,254}+(?<!\.)"
_PLAIN = re.compile(f"{_PLAIN_PART}(?:/{_PLAIN_PART})*+/?")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_DOTS = ". "  # Windows drops them at the end of a name; the first part of an absolute path has not even these
_LONGEST_PART = 255  # bytes, on the usual file systems; also bounds what comparing the Unicode forms of names costs


def decoded_name(raw: bytes, flags: int) -> str:
    """Return a name that every reader reads alike: ASCII, or UTF-8 and marked as such (APPNOTE appendix D).

    Raises:
        WheelRefusedError: It is neither.
    """
    try:
        return raw.decode("utf-8" if flags & UTF_8_FLAG else "ascii")
    except UnicodeDecodeError:
        raise _unsafe(f"the entry name {raw[:100]!a} is neither ASCII nor marked and valid UTF-8") from None


def check_names(entries: Iterable[Entry]) -> None:
    """Return if every entry has a plain path of its own on every file system.

    Raises:
        WheelRefusedError: The first that does not.
    """
    seen: dict[str, None] = {}
    for entry in entries:
        if not is_plain(entry.path):
            check_name(entry.path)
        if entry.path in seen:
            raise refused(WheelFault.ARCHIVE_DUPLICATE_NAME, f"the archive holds {quoted(entry.path)} twice")
        seen[entry.path] = None
    paths = list(seen)
    if collision := first_collision(paths):
        first, second = (quoted(paths[index]) for index in collision)
        raise refused(
            WheelFault.ARCHIVE_NAMES_COLLIDE, f"{first} and {second} cannot both be unpacked on every file system"
        )


def is_plain(path: str) -> bool:
    """Tell whether ``check_name`` surely allows a path, as nearly all are, at the cost of one match."""
    return _PLAIN.fullmatch(path) is not None


def check_name(path: str) -> None:
    """Return if a path is relative and means the same everywhere.

    Raises:
        WheelRefusedError: It does not.
    """
    if _UNSAFE.search(path):
        raise _unsafe(f"the entry name {quoted(path)} has a control character or a backslash")
    parts = path.removesuffix("/").split("/")
    if not all(part.strip(_DOTS) for part in parts):
        raise _unsafe(f"the entry name {quoted(path)} is not a plain relative path")
    if any(len(part.encode()) > _LONGEST_PART for part in parts):
        raise _unsafe(f"the entry name {quoted(path)} has a part of more than {_LONGEST_PART} bytes")
    if reading := windows_reading(path):
        raise _unsafe(f"the entry name {quoted(path)} means another file on Windows, which {reading}; rename the file")


def _unsafe(what: str) -> WheelRefusedError:
    return refused(WheelFault.ARCHIVE_NAME_UNSAFE, what)
