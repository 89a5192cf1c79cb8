"""Archives that look odd and are well-formed: some build tool writes each of them."""

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import replace
from hashlib import sha256

import pytest

from tests.support.archives import (
    DEFERRED,
    DEFLATED,
    STORED,
    STREAMED,
    Archive,
    Part,
    a_descriptor,
    a_zip64_extra,
    an_extra,
    deflated,
    read,
    wheel_parts,
    with_part,
)

pytestmark = pytest.mark.hostile

_DATA = b"x = 1\n" * 20
_PART = Part(data=_DATA)
_PACKED = _PART.raw
_STREAMED = replace(_PART, both={"flags": STREAMED}, local={"crc": 0, "size": 0, "compressed": 0})
_WIDE = {"size": DEFERRED, "compressed": DEFERRED}
_SIZES = a_zip64_extra(len(_DATA), len(_PACKED))
_BOTH_PLACES = struct.pack("<BL", 1, zlib.crc32(_PART.name)) + _PART.name
CASES = {
    "stored": replace(_PART, method=STORED),
    "streamed": replace(_STREAMED, behind=a_descriptor(_DATA, _PACKED)),
    "streamed, the descriptor unsigned": replace(_STREAMED, behind=a_descriptor(_DATA, _PACKED, signed=False)),
    "streamed, with the size in front": replace(
        _STREAMED, local={"crc": 0, "compressed": 0}, behind=a_descriptor(_DATA, _PACKED)
    ),
    "streamed, with sizes in front": replace(_STREAMED, local={}, behind=a_descriptor(_DATA, _PACKED)),
    "streamed in zip64": replace(
        _STREAMED,
        local={"crc": 0, **_WIDE, "extra": a_zip64_extra(0, 0)},
        behind=a_descriptor(_DATA, _PACKED, wide=True),
    ),
    "stored and streamed, with sizes in front": replace(
        _STREAMED, method=STORED, local={}, behind=a_descriptor(_DATA, _DATA)
    ),
    "zip64 in the local header": replace(_PART, local={**_WIDE, "extra": _SIZES}),
    "zip64 in both headers": replace(_PART, both={**_WIDE, "extra": _SIZES}),
    "zip64 without need in the local header": replace(_PART, local={"extra": _SIZES}),
    "zip64 for one size": replace(_PART, central={"size": DEFERRED, "extra": a_zip64_extra(len(_DATA))}),
    "an empty zip64 field": replace(_PART, both={"extra": an_extra(1, b"")}),
    "a Unicode path that agrees": replace(_PART, both={"extra": an_extra(0x7075, _BOTH_PLACES)}),
    "other extra fields in each header": replace(
        _PART,
        local={"extra": an_extra(0x5455, b"\x03" + b"\x00" * 8)},
        central={"extra": an_extra(0x5455, b"\x03" + b"\x00" * 4)},
    ),
    "flags for the deflate level": replace(_PART, both={"flags": 0x0002}),
    "a regular file's mode": replace(_PART, central={"attributes": (stat.S_IFREG | 0o755) << 16}),
    "the attributes of Windows": replace(_PART, central={"attributes": 0x20, "made": 0x0014}),
    "version and date that differ": replace(_PART, local={"version": 45, "modified": 0}),
    "the newest version of the format": replace(_PART, both={"version": 63}),
    "another system": replace(_PART, central={"made": 0x1314}),
    "an entry's comment": replace(_PART, central={"comment": b"from the Pack 'n' Kit: PK"}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_well_formed_entry_is_read(case: str) -> None:
    member = read(with_part(CASES[case], Part(name=b"z", data=b"z"))).members[-2]

    assert (member.path, member.size) == ("gcp_provider/data.bin", len(_DATA))
    assert member.digests == {"sha256": sha256(_DATA).digest()}


@pytest.mark.parametrize("size", [2**20 - 1, 2**20, 2**20 + 5, 2**20 + 257, 2**21 + 5])
def test_what_is_just_larger_than_a_chunk_is_read_whole(size: int) -> None:
    data = b"\x00" * size

    assert read(with_part(Part(data=data))).members[-1].digests["sha256"] == sha256(data).digest()


_FOLDER = Part(name=b"gcp_provider/data/", method=STORED)
_STREAMED_FOLDER = replace(_FOLDER, both={"flags": STREAMED}, behind=a_descriptor(b"", b""))
FOLDERS = {
    "stored": _FOLDER,
    "deflated": replace(_FOLDER, method=DEFLATED),
    "with a mode": replace(_FOLDER, central={"attributes": (stat.S_IFDIR | 0o755) << 16 | 0x10}),
    "with the mode of a file": replace(_FOLDER, central={"attributes": (stat.S_IFREG | 0o644) << 16}),
    "without attributes": replace(_FOLDER, central={"attributes": 0}),
    "with extra fields": replace(_FOLDER, local={"extra": an_extra(0x5455, b"\x03" + b"\x00" * 8)}),
    "streamed": _STREAMED_FOLDER,
    "streamed and deflated": replace(_STREAMED_FOLDER, method=DEFLATED, behind=a_descriptor(b"", deflated(b""))),
    "of an older version": replace(_FOLDER, both={"version": 10}),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_a_folder_is_no_member(case: str) -> None:
    found = read(with_part(FOLDERS[case], Part(name=b"gcp_provider/data/a.py")))

    assert found.folders == ("gcp_provider/data/",)
    assert [member.path for member in found.members][-1] == "gcp_provider/data/a.py"
    assert len(found.members) == 6


@pytest.mark.parametrize("comment", [b"zip-rs", b"\x00", b"PK", b"PKWARE", "Ünïcödé".encode(), b"c" * 0xFFFF])
def test_a_comment_without_a_record_in_it_is_passed_over(comment: bytes) -> None:
    assert read(with_part(after=comment)).paths == read(with_part()).paths


def test_a_comment_may_follow_zip64_records() -> None:
    assert read(with_part(end64={}, after=b"zip-rs")).paths == read(with_part()).paths


@pytest.mark.parametrize("end", [{}, {"entries": 0xFFFF, "here": 0xFFFF, "size": DEFERRED, "offset": DEFERRED}])
def test_zip64_end_records_are_read(end: dict[str, int]) -> None:
    assert len(read(with_part(end64={}, end=end)).members) == 5


def test_a_directory_in_another_order_is_read() -> None:
    parts = wheel_parts()

    assert read(Archive(parts=parts, backwards=True).build()).paths == tuple(
        part.name.decode() for part in reversed(parts)
    )


def test_an_archive_inside_the_archive_is_data() -> None:
    inner = with_part()

    found = read(with_part(Part(name=b"gcp_provider/inner.zip", data=inner, method=STORED)))

    assert found.members[-1].digests["sha256"] == sha256(inner).digest()


def test_an_archive_without_entries_is_well_formed() -> None:
    assert read(Archive(parts=[]).build()).members == ()


def test_more_entries_than_16_bits_count_are_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(0x10000):
            archive.writestr(f"{number}.py", b"")

    assert len(read(buffer.getvalue()).members) == 0x10000
