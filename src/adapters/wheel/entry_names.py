"""Which names entries may have, alone and together."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from adapters.wheel.entry import UTF_8_FLAG, Entry
from adapters.wheel.refusals import quoted, refused
from domain.errors import WheelFault, WheelRefusedError

_PLAIN_PART = "[A-Za-z0-9_-][A-Za-z0-9._+-]{0,254}+"
_PLAIN = re.compile(f"{_PLAIN_PART}(?:/{_PLAIN_PART})*+/?")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_DRIVE = re.compile(r"[A-Za-z]:")
_DOTS = ". "  # Windows drops them at the end of a name; the first part of an absolute path has not even these
_TRAILING_DOTS = re.compile(r"(?<![. ])[. ]+(?=/|$)", re.MULTILINE)  # each run is looked at from its beginning only
_LONGEST_PART = 255  # bytes, on the usual file systems; also bounds what comparing the Unicode forms of names costs
_TOGETHER = 64 * 1024  # characters; Unicode takes dozens of bytes for each, and lets no other thread run meanwhile


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
        if not is_plain(entry.path):
            check_name(entry.path)
        if entry.path in seen:
            raise refused(WheelFault.ARCHIVE_DUPLICATE_NAME, f"the archive holds {quoted(entry.path)} twice")
        seen.add(entry.path)
    _check_collisions(seen)


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
    if _DRIVE.match(path) or not all(part.strip(_DOTS) for part in parts):
        raise _unsafe(f"the entry name {quoted(path)} is not a plain relative path")
    if any(len(part.encode()) > _LONGEST_PART for part in parts):
        raise _unsafe(f"the entry name {quoted(path)} has a part of more than {_LONGEST_PART} bytes")


def _check_collisions(paths: Iterable[str]) -> None:
    """Compare neighbours only: with the separator sorted first, whatever lies in a folder follows it at once."""
    names = list(paths)
    keys = _keys([path.removesuffix("/") for path in names])
    for (key, path), (next_key, next_path) in pairwise(sorted(zip(keys, names, strict=True))):
        if not next_key.startswith(key):
            continue
        if next_key == key or (next_key[len(key)] == "\x00" and not path.endswith("/")):
            raise refused(
                WheelFault.ARCHIVE_NAMES_COLLIDE,
                f"{quoted(path)} and {quoted(next_path)} cannot both be unpacked on every file system",
            )


def _keys(paths: Sequence[str]) -> Sequence[str]:
    """Return what to sort and compare paths by: of the usual archive all at once, of a large one path by path."""
    if sum(map(len, paths)) > _TOGETHER:
        return [on_any_file_system(path).replace("/", "\x00") for path in paths]
    *keys, _ = on_any_file_system("".join(f"{path}\n" for path in paths)).replace("/", "\x00").split("\n")
    return keys


def on_any_file_system(paths: str) -> str:
    """Return the same line for names that some file system takes for the same: Unicode 16 section 3.13.5, D145.

    All at once, a path to a line: no name holds a line end, and none of the forms of Unicode reaches across one.
    """
    paths = _TRAILING_DOTS.sub("", paths)
    if paths.isascii():
        return paths.lower()
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", paths).casefold())
    return unicodedata.normalize("NFC", folded)


def _unsafe(what: str) -> WheelRefusedError:
    return refused(WheelFault.ARCHIVE_NAME_UNSAFE, what)
