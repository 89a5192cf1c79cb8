"""Entries of an archive: which names they may have, and how they may be stored."""

import re
import stat
from collections.abc import Iterable
from typing import NamedTuple

from adapters.wheel.archive_source import ArchiveCaps, quoted, refused
from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.paths import first_collision, windows_reading

STORED, DEFLATED = 0, 8
STREAMED_FLAG, UTF_8_FLAG = 0x0008, 0x0800


class Entry(NamedTuple):
    """What the directory says about one file or folder; a tuple, for there may be a hundred thousand of them.

    Attributes:
        path: As written; a folder's ends in a slash.
        version: Of the format, that is needed to inflate it; the upper half is undefined.
        crc: CRC-32 of the inflated bytes.
        compressed: Bytes in the archive.
        size: Bytes when inflated.
        offset: Of the local header, from the file's beginning.
        attributes: For the file system; their upper half is a Unix mode.
    """

    path: str
    version: int
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    offset: int
    attributes: int

    @property
    def raw_name(self) -> bytes:
        """The name as it stands in the archive: both codings are decoded strictly, so they lead back."""
        return self.path.encode()

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder and no file."""
        return self.path.endswith("/")

    @property
    def is_streamed(self) -> bool:
        """Whether a data descriptor follows the data."""
        return bool(self.flags & STREAMED_FLAG)


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
        check_name(entry.path)
        if entry.path in seen:
            raise refused(WheelProblem.ARCHIVE_DUPLICATE_NAME, f"the archive holds {quoted(entry.path)} twice")
        seen[entry.path] = None
    paths = list(seen)
    if collision := first_collision(paths):
        first, second = (quoted(paths[index]) for index in collision)
        raise refused(
            WheelProblem.ARCHIVE_NAMES_COLLIDE, f"{first} and {second} cannot both be unpacked on every file system"
        )


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
    return refused(WheelProblem.ARCHIVE_NAME_UNSAFE, what)


_ENCRYPTED = 0x0001 | 0x0040 | 0x2000  # APPNOTE 4.4.4: traditional, strong, and masked headers
_DEFLATE_LEVEL = 0x0006
_UNDERSTOOD = _DEFLATE_LEVEL | STREAMED_FLAG | UTF_8_FLAG
_NEWEST_VERSION = 63  # of APPNOTE 6.3, and of what Python's zipfile reads
_FILES = frozenset({0, stat.S_IFREG})
_FOLDERS = frozenset({0, stat.S_IFREG, stat.S_IFDIR})
_DOS_FOLDER = 0x10


def check_storage(entries: Iterable[Entry]) -> None:
    """Return if every entry is a file or folder that any tool can unpack.

    Raises:
        WheelRefusedError: The first that is not.
    """
    for entry in entries:
        _check_coding(entry)
        _check_kind(entry)


def check_declared_sizes(entries: Iterable[Entry], caps: ArchiveCaps, *, archive_bytes: int) -> None:
    """Return if what the entries declare is within the caps. No entry will be inflated beyond what it declares.

    Raises:
        WheelRefusedError: They declare more.
    """
    total, dist_info = 0, 0
    for entry in entries:
        total += entry.size
        dist_info += entry.size if lies_in_dist_info(entry.path) else 0
    for what, size, limit in (
        ("the archive", total, caps.inflatable_bytes(archive_bytes)),
        ("the *.dist-info folder", dist_info, caps.dist_info_bytes),
    ):
        if size > limit:
            raise refused(WheelProblem.INFLATES_TOO_FAR, f"{what} inflates to {size} bytes where {limit} are allowed")


def check_version(needed: int, path: str) -> None:
    """Return if tools that know stored and deflated entries will try to unpack this one.

    Raises:
        WheelRefusedError: They will not.
    """
    if needed & 0xFF > _NEWEST_VERSION:  # the upper half is undefined
        raise _unsupported(path)


def lies_in_dist_info(path: str) -> bool:
    """Tell whether a file lies directly in a ``*.dist-info`` folder."""
    folder, _, name = path.partition("/")
    return folder.endswith(".dist-info") and bool(name) and "/" not in name


def _check_coding(entry: Entry) -> None:
    if entry.flags & _ENCRYPTED:
        raise refused(WheelProblem.ARCHIVE_ENCRYPTED, f"the entry {quoted(entry.path)} is encrypted")
    if entry.method not in (STORED, DEFLATED) or entry.flags & ~_UNDERSTOOD:
        raise _unsupported(entry.path)
    check_version(entry.version, entry.path)


def _check_kind(entry: Entry) -> None:
    """Whatever system the entry says it is from: readers look at the mode without asking."""
    kind = stat.S_IFMT(entry.attributes >> 16)
    is_folder = entry.is_folder
    if kind not in (_FOLDERS if is_folder else _FILES):
        what = "a symbolic link" if kind == stat.S_IFLNK else "a special file"
        raise refused(WheelProblem.ARCHIVE_SPECIAL_FILE, f"the entry {quoted(entry.path)} is {what}")
    if is_folder and entry.size:
        raise refused(
            WheelProblem.ARCHIVE_SPECIAL_FILE, f"the entry {quoted(entry.path)} is a folder with bytes of its own"
        )
    if entry.attributes & _DOS_FOLDER and not is_folder:
        raise refused(WheelProblem.ARCHIVE_SPECIAL_FILE, f"the entry {quoted(entry.path)} is a file marked as a folder")


def _unsupported(path: str) -> WheelRefusedError:
    return refused(
        WheelProblem.ARCHIVE_COMPRESSION_UNSUPPORTED, f"the entry {quoted(path)} is neither stored nor plainly deflated"
    )
