"""Reading wheels with the standard library's zipfile."""

import hashlib
import struct
import zipfile
import zlib
from pathlib import Path

import anyio.to_thread

from adapters.wheel.archive_caps import ArchiveCaps
from adapters.wheel.guarded_file import GuardedFile
from adapters.wheel.inflation import InflationMeter, inflated
from adapters.wheel.member_rules import check_members, refused
from domain.errors import WheelFault, WheelRefusedError
from domain.wheel_archives import ArchiveMember, WheelArchive

# All that zipfile raises on bytes that are no archive. NotImplementedError is a RuntimeError, a name that is not UTF-8
# a ValueError; zipfile's warnings are exceptions wherever warnings are errors.
_CORRUPTION = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    LookupError,
    RuntimeError,
    Warning,
)


class ZipWheelReader:
    """A ``WheelReader`` over zipfile: off the event loop, and bounded by what is inflated, not by what is declared.

    Every member is inflated once, which checks its CRC; only the files directly in ``*.dist-info`` are kept. zipfile is
    lenient: it does not see bytes outside the archive, nor headers that disagree.
    """

    def __init__(self, caps: ArchiveCaps | None = None) -> None:
        """Bound every archive by the caps, or by their defaults."""
        self._caps = caps or ArchiveCaps()

    async def read(self, path: Path) -> WheelArchive:
        """Return what the archive holds, as the port says. An OSError of the disk is not the wheel's fault: it passes.

        Cancelling the reader's scope ends the work within one chunk.
        """
        return await anyio.to_thread.run_sync(_read, path, self._caps)


def _read(path: Path, caps: ArchiveCaps) -> WheelArchive:
    with GuardedFile(path, largest_read=caps.largest_read) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                return _contents(archive, caps, archive_bytes=file.size)
        except _CORRUPTION as error:
            raise refused(f"the file is no intact ZIP archive ({type(error).__name__})") from error


def _contents(archive: zipfile.ZipFile, caps: ArchiveCaps, *, archive_bytes: int) -> WheelArchive:
    infos = archive.infolist()
    if len(infos) > caps.members:
        raise WheelRefusedError(
            WheelFault.INFLATES_TOO_FAR, f"the archive has {len(infos)} members; {caps.members} are allowed"
        )
    check_members(infos)
    whole = InflationMeter("the archive", caps.inflatable_bytes(archive_bytes))
    metadata = InflationMeter("the *.dist-info folder", caps.dist_info_bytes)
    files = [info for info in infos if not info.is_dir()]
    dist_info: dict[str, bytes] = {}
    members: list[ArchiveMember] = []
    for info in files:
        digest = hashlib.sha256()
        if _lies_in_dist_info(info.filename):
            dist_info[info.filename] = b"".join(inflated(archive, info, whole, metadata))
            digest.update(dist_info[info.filename])
        else:
            for chunk in inflated(archive, info, whole):
                digest.update(chunk)
        members.append(ArchiveMember(info.filename, info.file_size, {"sha256": digest.digest()}))
    return WheelArchive(tuple(members), dist_info)


def _lies_in_dist_info(path: str) -> bool:
    folder, _, name = path.partition("/")
    return folder.endswith(".dist-info") and bool(name) and "/" not in name
