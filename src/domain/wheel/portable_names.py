"""File and script names that mean the same on Linux, macOS and Windows."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

_SEPARATOR = "\x00"
"""Sorts before every character of a name, so whatever lies in a folder follows the folder at once."""

_RESERVED = re.compile(r'[:<>"|?*]')
_DEVICE = re.compile(r"(?<![^/])(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9¹²³]) *(?=[./]|$)", re.IGNORECASE)
_SHORT_NAME = re.compile(r"(?<![^/])(?=[^./]{3,8}(?:[./]|$))[^./~]{1,6}~[0-9]{1,6}(?:\.[^./]{1,3})?(?=/|$)")
_FINAL_DOT = re.compile(r"[. ](?=/|$)")
_TRAILING_DOTS = re.compile(r"(?<![. ])[. ]+(?=/|$)")  # each run is looked at from its beginning only
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point: HFS+ and case-insensitive ext4 compare names without them."""


def windows_reading(path: str) -> str | None:
    """Return what Windows does that makes a path mean another file, or no file; None where it means the same.

    A folder's path ends in a slash, and its names may end in dots and spaces: it holds nothing of its own, and wheels
    with an entry ``pyarrow./`` were published.

    Source: "Naming Files, Paths, and Namespaces" of the Windows documentation, and [MS-FSCC] for 8.3 names.
    """
    if character := _RESERVED.search(path):
        return f"keeps {character[0]!r} for streams and wildcards"
    if device := _DEVICE.search(path):
        return f"takes {device[0].strip()!r} for a device"
    if short := _SHORT_NAME.search(path):
        return f"takes {short[0]!r} for the short form of a longer name"
    if not path.endswith("/") and _FINAL_DOT.search(path):
        return "drops dots and spaces at the end of a name"
    return None


def first_collision(paths: Sequence[str]) -> tuple[int, int] | None:
    """Return the indices of two paths that some file system cannot hold both; a folder's path ends in a slash.

    Two folders never collide: what lies in them is compared file by file.
    """
    keys = [on_any_file_system(path.removesuffix("/")).replace("/", _SEPARATOR) for path in paths]
    ordered = sorted(range(len(paths)), key=lambda index: (keys[index], paths[index]))
    for first, second in pairwise(ordered):
        key, next_key = keys[first], keys[second]
        if not next_key.startswith(key):
            continue
        is_folder = paths[first].endswith("/")
        if key == next_key:
            if not (is_folder and paths[second].endswith("/")):
                return first, second
        elif next_key[len(key)] == _SEPARATOR and not is_folder:
            return first, second
    return None


def on_any_file_system(path: str) -> str:
    """Return the same text for paths that some file system takes for the same: Unicode 16 section 3.13.5, D145."""
    path = _TRAILING_DOTS.sub("", path)
    if path.isascii():
        return path.lower()
    visible = _IGNORABLE.sub("", unicodedata.normalize("NFD", path))
    folded = unicodedata.normalize("NFD", visible.casefold())
    return unicodedata.normalize("NFC", folded)


_LONGEST = 255  # bytes
_INTERPRETER = re.compile(r"python(?:w|3|3\.[0-9]+)?", re.IGNORECASE)


def refused_script_name(name: str) -> str | None:
    """Return why no script may have this name, as the end of a sentence; None for a name that it may have."""
    if not name or name in {".", ".."} or len(name.encode()) > _LONGEST or not _is_plain(name):
        return "is not a plain file name"
    if reading := windows_reading(name):
        return f"means another file on Windows, which {reading}"
    if _INTERPRETER.fullmatch(name):
        return "would replace the interpreter, which uv refuses"
    return None


def _is_plain(name: str) -> bool:
    return not any(char in "/\\[]" or char.isspace() or not char.isprintable() for char in name)
