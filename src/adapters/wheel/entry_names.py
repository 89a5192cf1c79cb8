"""Which names entries may have, alone and together."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from adapters.wheel.entry import UTF_8_FLAG, Entry
from adapters.wheel.refusals import quoted, refused
from domain.errors import WheelFault, WheelRefusedError

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_DRIVE = re.compile(r"[A-Za-z]:")
_DOTS = ". "  # Windows drops them at the end of a name; the first part of an absolute path has not even these
_TRAILING_DOTS = re.compile(r"[. ]+(?=/|$)")
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
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry.path)
        if entry.path in seen:
            raise refused(WheelFault.ARCHIVE_DUPLICATE_NAME, f"the archive holds {quoted(entry.path)} twice")
        seen.add(entry.path)
    _check_collisions(seen)


def _check_name(path: str) -> None:
    if _UNSAFE.search(path):
        raise _unsafe(f"the entry name {quoted(path)} has a control character or a backslash")
    parts = path.removesuffix("/").split("/")
    if _DRIVE.match(path) or not all(part.strip(_DOTS) for part in parts):
        raise _unsafe(f"the entry name {quoted(path)} is not a plain relative path")
    if any(len(part.encode()) > _LONGEST_PART for part in parts):
        raise _unsafe(f"the entry name {quoted(path)} has a part of more than {_LONGEST_PART} bytes")


def _check_collisions(paths: Iterable[str]) -> None:
    """Compare neighbours only: with the separator sorted first, whatever lies in a folder follows it at once."""
    keyed = sorted((_on_any_file_system(path.removesuffix("/")).replace("/", "\x00"), path) for path in paths)
    for (key, path), (next_key, next_path) in pairwise(keyed):
        if next_key == key or (next_key.startswith(f"{key}\x00") and not path.endswith("/")):
            raise refused(
                WheelFault.ARCHIVE_NAMES_COLLIDE,
                f"{quoted(path)} and {quoted(next_path)} cannot both be unpacked on every file system",
            )


def _on_any_file_system(path: str) -> str:
    """Return the same text for names that some file system takes for the same: Unicode 16 section 3.13.5, D145."""
    path = _TRAILING_DOTS.sub("", path)
    if path.isascii():
        return path.lower()
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())
    return unicodedata.normalize("NFC", folded)


def _unsafe(what: str) -> WheelRefusedError:
    return refused(WheelFault.ARCHIVE_NAME_UNSAFE, what)
