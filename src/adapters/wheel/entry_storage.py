"""How entries may be stored, and what kind of file they may be."""

import stat
from collections.abc import Iterable

from adapters.wheel.archive_caps import ArchiveCaps
from adapters.wheel.entry import DEFLATED, STORED, STREAMED_FLAG, UTF_8_FLAG, Entry
from adapters.wheel.refusals import quoted, refused
from domain.errors import WheelFault, WheelRefusedError

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
            raise refused(WheelFault.INFLATES_TOO_FAR, f"{what} inflates to {size} bytes where {limit} are allowed")


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
        raise refused(WheelFault.ARCHIVE_ENCRYPTED, f"the entry {quoted(entry.path)} is encrypted")
    if entry.method not in (STORED, DEFLATED) or entry.flags & ~_UNDERSTOOD:
        raise _unsupported(entry.path)
    check_version(entry.version, entry.path)


def _check_kind(entry: Entry) -> None:
    """Whatever system the entry says it is from: readers look at the mode without asking."""
    kind = stat.S_IFMT(entry.attributes >> 16)
    is_folder = entry.is_folder
    if kind not in (_FOLDERS if is_folder else _FILES):
        what = "a symbolic link" if kind == stat.S_IFLNK else "a special file"
        raise refused(WheelFault.ARCHIVE_SPECIAL_FILE, f"the entry {quoted(entry.path)} is {what}")
    if is_folder and entry.size:
        raise refused(
            WheelFault.ARCHIVE_SPECIAL_FILE, f"the entry {quoted(entry.path)} is a folder with bytes of its own"
        )
    if entry.attributes & _DOS_FOLDER and not is_folder:
        raise refused(WheelFault.ARCHIVE_SPECIAL_FILE, f"the entry {quoted(entry.path)} is a file marked as a folder")


def _unsupported(path: str) -> WheelRefusedError:
    return refused(
        WheelFault.ARCHIVE_COMPRESSION_UNSUPPORTED, f"the entry {quoted(path)} is neither stored nor plainly deflated"
    )
