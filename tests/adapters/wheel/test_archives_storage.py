"""Entries that are stored in other ways than wheels need, are no plain files, or are not what they declare."""

import bz2
import os
import stat
import zlib
from dataclasses import replace

import pytest

from adapters.wheel.archive_source import ArchiveCaps
from domain.errors import WheelProblem
from tests.support.archives import STORED, Part, deflated, read, refusal, with_part

pytestmark = pytest.mark.hostile

_DATA = b"x = 1\n" * 20
_PART = Part(data=_DATA)
_PACKED = _PART.raw
_CORRUPT, _UNSUPPORTED = WheelProblem.ARCHIVE_CORRUPT, WheelProblem.ARCHIVE_COMPRESSION_UNSUPPORTED
_ENCRYPTED, _SPECIAL = WheelProblem.ARCHIVE_ENCRYPTED, WheelProblem.ARCHIVE_SPECIAL_FILE
_TOO_FAR = WheelProblem.INFLATES_TOO_FAR
_MIB = 1024 * 1024
_ZEROS = 65 * _MIB
_BOMB = deflated(b"\x00" * _ZEROS)


def _with(name: bytes = _PART.name, *, packed: bytes | None = None, method: int = 8, **both: object) -> bytes:
    return with_part(replace(_PART, name=name, packed=packed, method=method, both=both))


def _kind(mode: int, *, made: int = 0x0314, name: bytes = b"gcp_provider/link") -> bytes:
    return with_part(Part(name=name, data=b"", method=STORED, central={"attributes": mode << 16, "made": made}))


def _without_an_end(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush(zlib.Z_FULL_FLUSH)


CASES = {
    "encrypted in the traditional way": (_ENCRYPTED, _with(flags=0x0001)),
    "strongly encrypted": (_ENCRYPTED, _with(flags=0x0041)),
    "with masked headers": (_ENCRYPTED, _with(flags=0x2000)),
    "AES as method 99": (_UNSUPPORTED, _with(method=99)),
    "shrunk": (_UNSUPPORTED, _with(method=1)),
    "deflate64": (_UNSUPPORTED, _with(method=9)),
    "bzip2": (_UNSUPPORTED, _with(packed=bz2.compress(_DATA), method=12)),
    "LZMA": (_UNSUPPORTED, _with(method=14)),
    "zstandard": (_UNSUPPORTED, _with(method=93)),
    "patched data": (_UNSUPPORTED, _with(flags=0x0020)),
    "an unknown flag": (_UNSUPPORTED, _with(flags=0x8000)),
    "a newer version of the format": (_UNSUPPORTED, _with(version=64)),
    "a newer version in the local header": (_UNSUPPORTED, with_part(replace(_PART, local={"version": 64}))),
    "a symbolic link": (_SPECIAL, _kind(stat.S_IFLNK | 0o777)),
    "a symbolic link that claims to be from DOS": (_SPECIAL, _kind(stat.S_IFLNK | 0o777, made=0x0014)),
    "a symbolic link named as a folder": (_SPECIAL, _kind(stat.S_IFLNK | 0o777, name=b"gcp_provider/link/")),
    "a device": (_SPECIAL, _kind(stat.S_IFCHR | 0o666)),
    "a block device": (_SPECIAL, _kind(stat.S_IFBLK | 0o666)),
    "a pipe": (_SPECIAL, _kind(stat.S_IFIFO | 0o666)),
    "a socket": (_SPECIAL, _kind(stat.S_IFSOCK | 0o666)),
    "a file that is a folder by its mode": (_SPECIAL, _kind(stat.S_IFDIR | 0o755)),
    "a file that is a folder by its DOS attributes": (
        _SPECIAL,
        with_part(replace(_PART, central={"attributes": 0x10})),
    ),
    "a folder with bytes": (_SPECIAL, _with(b"gcp_provider/folder/")),
    "a folder with hidden bytes": (
        _CORRUPT,
        with_part(Part(name=b"gcp_provider/folder/", method=STORED, packed=b"hidden")),
    ),
    "a CRC-32 of other bytes": (_CORRUPT, _with(crc=1)),
    "a stored entry with another CRC-32": (_CORRUPT, _with(method=STORED, crc=1)),
    "less than it declares": (_CORRUPT, _with(size=len(_DATA) + 1)),
    "more than it declares": (_CORRUPT, _with(size=len(_DATA) - 1)),
    "nothing declared": (_CORRUPT, _with(size=0, crc=0)),
    "a stored entry that is shorter than declared": (_CORRUPT, _with(method=STORED, size=len(_DATA) + 1)),
    "a stored entry that is longer than declared": (_CORRUPT, _with(method=STORED, size=len(_DATA) - 1)),
    "bytes after the deflate stream": (_CORRUPT, _with(packed=_PACKED + b"\x00")),
    "a second deflate stream": (_CORRUPT, _with(packed=_PACKED * 2)),
    "much after the deflate stream": (_CORRUPT, _with(packed=_PACKED + b"\x00" * _MIB)),
    "a deflate stream that is cut": (_CORRUPT, _with(packed=_PACKED[:-1])),
    "a deflate stream without an end": (_CORRUPT, _with(packed=_without_an_end(_DATA))),
    "an empty deflate stream": (_CORRUPT, _with(packed=b"", size=0, crc=0)),
    "no deflate stream": (_CORRUPT, _with(packed=b"\xff" * 40)),
    "a stream of zlib": (_CORRUPT, _with(packed=zlib.compress(_DATA))),
    "a bomb that declares little": (_CORRUPT, _with(packed=_BOMB)),
    "a bomb": (_TOO_FAR, _with(packed=_BOMB, size=_ZEROS)),
    "a declaration beyond the total": (_TOO_FAR, _with(size=3 * 1024 * _MIB)),
    "a metadata file beyond memory": (_TOO_FAR, _with(b"x-1.dist-info/NOTES", size=33 * _MIB)),
}


@pytest.mark.parametrize("case", CASES)
def test_an_entry_that_is_no_plain_file_as_declared_is_refused(case: str) -> None:
    problem, data = CASES[case]
    found = refusal(data)

    assert found.problem is problem
    assert found.detail


@pytest.mark.parametrize(
    "endless",
    [Part(method=STORED, packed=b"x" * 60 * _MIB), Part(data=_DATA, packed=_PACKED + b"x" * 60 * _MIB)],
    ids=["beyond its declared size", "beyond its deflate stream"],
)
def test_an_entry_is_read_no_further_than_it_can_be_right(endless: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    reads, pread = [0], os.pread

    def counting(descriptor: int, length: int, offset: int) -> bytes:
        reads[0] += 1
        return pread(descriptor, length, offset)

    data = with_part(endless)
    monkeypatch.setattr(os, "pread", counting)

    assert refusal(data).problem is _CORRUPT
    assert reads[0] < 40


def test_more_entries_than_the_cap_are_refused_before_any_is_looked_at() -> None:
    data = with_part(replace(_PART, both={"method": 99}))  # six entries, the last of them bad

    assert refusal(data, caps=ArchiveCaps(members=5)).problem is WheelProblem.ARCHIVE_TOO_MANY_FILES
    assert refusal(data, caps=ArchiveCaps(members=6)).problem is _UNSUPPORTED


def test_a_directory_beyond_the_cap_is_refused_before_it_is_read() -> None:
    data = with_part(Part(name=b"n/" * 500, method=STORED))

    assert refusal(data, caps=ArchiveCaps(directory_bytes=1000)).problem is WheelProblem.ARCHIVE_TOO_MANY_FILES
    read(data, caps=ArchiveCaps(directory_bytes=2000))
