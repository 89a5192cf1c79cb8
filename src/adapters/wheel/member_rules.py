"""Which members an archive may have, decided on its central directory."""

import re
import stat
import zipfile

from domain.errors import WheelFault, WheelRefusedError

_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000  # APPNOTE 4.4.4: traditional, strong, and masked headers
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")
_DRIVE = re.compile(r"[A-Za-z]:")
_NOWHERE = frozenset({"", ".", ".."})  # the first part of an absolute path is empty


def check_members(infos: list[zipfile.ZipInfo]) -> None:
    """Return if every member has a plain path of its own and can be inflated.

    Raises:
        WheelRefusedError: The first member that does not.
    """
    seen: set[str] = set()
    for info in infos:
        path = info.filename.removesuffix("/")
        if path in seen:
            raise refused(f"the archive holds {quoted(path)} twice")
        seen.add(path)
        _check_path(info, path)
        _check_storage(info, path)


def refused(what: str) -> WheelRefusedError:
    """Return the refusal of an archive that no build tool writes."""
    return WheelRefusedError(WheelFault.NOT_AN_ARCHIVE, f"{what}; rebuild the wheel with a PEP 517 build backend")


def quoted(path: str) -> str:
    """Return a hostile path in a form that fits into a sentence."""
    return ascii(path if len(path) <= 100 else f"{path[:100]}...")


def _check_path(info: zipfile.ZipInfo, path: str) -> None:
    if _UNSAFE.search(info.orig_filename):
        raise refused(f"the member name {quoted(info.orig_filename)} has a control character or a backslash")
    if info.orig_filename != info.filename:
        raise refused(f"the member {quoted(path)} has a second name")
    if _DRIVE.match(path) or not _NOWHERE.isdisjoint(path.split("/")):
        raise refused(f"the member name {quoted(path)} is not a plain relative path")


def _check_storage(info: zipfile.ZipInfo, path: str) -> None:
    if stat.S_ISLNK(info.external_attr >> 16):
        raise refused(f"the member {quoted(path)} is a symbolic link")
    if info.flag_bits & _ENCRYPTED:
        raise refused(f"the member {quoted(path)} is encrypted")
    if info.compress_type not in _METHODS:
        raise refused(f"the member {quoted(path)} is neither stored nor deflated")
