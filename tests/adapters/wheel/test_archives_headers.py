"""Entries of which the directory says one thing, and their own header, descriptor or extra fields another."""

import struct
import zlib
from dataclasses import replace

import pytest

from domain.errors import WheelProblem
from tests.support.archives import (
    DEFERRED,
    STORED,
    STREAMED,
    Part,
    a_descriptor,
    a_zip64_extra,
    an_extra,
    refusal,
    with_part,
)

pytestmark = pytest.mark.hostile

_DATA = b"x = 1\n" * 20
_PART = Part(data=_DATA)
_PACKED = _PART.raw
_CRC = zlib.crc32(_DATA)
_STREAMED = replace(
    _PART, both={"flags": STREAMED}, local={"crc": 0, "size": 0, "compressed": 0}, behind=a_descriptor(_DATA, _PACKED)
)
_DISAGREE, _EXTRA = WheelProblem.ARCHIVE_HEADERS_DISAGREE, WheelProblem.ARCHIVE_EXTRA_INVALID


def _unicode_path(name: bytes, *, of: bytes = _PART.name, version: int = 1) -> bytes:
    return an_extra(0x7075, struct.pack("<BL", version, zlib.crc32(of)) + name)


def _local(**changes: object) -> bytes:
    return with_part(replace(_PART, local=changes))


def _streamed(behind: bytes, **local: object) -> bytes:
    return with_part(replace(_STREAMED, behind=behind, local={**_STREAMED.local, **local}))


_LYING = struct.pack("<4s3L", b"PK\x07\x08", _CRC, len(_PACKED), 5)
DISAGREEING = {
    "another name": _local(name=b"gcp_provider/evil.bin"),
    "a shorter name": _local(name=b"gcp_provider/data"),
    "another size": _local(size=len(_DATA) + 1),
    "another compressed size": _local(compressed=len(_PACKED) - 1),
    "another CRC-32": _local(crc=_CRC ^ 1),
    "no CRC-32": _local(crc=0),
    "no sizes": _local(size=0, compressed=0),
    "another method": _local(method=STORED),
    "other flags": _local(flags=0x0002),
    "no local header": _local(signature=b"PK\x03\x05"),
    "a central header for a local one": _local(signature=b"PK\x01\x02"),
    "a descriptor that only the directory knows of": with_part(
        replace(_PART, central={"flags": STREAMED}, behind=a_descriptor(_DATA, _PACKED))
    ),
    "no descriptor": _streamed(b""),
    "half a descriptor": _streamed(_STREAMED.behind[:8]),
    "a descriptor and more": _streamed(_STREAMED.behind + b"\x00"),
    "a descriptor of 64 bits and more": _streamed(
        a_descriptor(_DATA, _PACKED, wide=True) + b"\x00", extra=a_zip64_extra(0, 0), size=DEFERRED, compressed=DEFERRED
    ),
    "a descriptor with another size": _streamed(_LYING),
    "a descriptor with another CRC-32": _streamed(a_descriptor(b"?" + _DATA[1:], _PACKED)),
    "a descriptor with another compressed size": _streamed(a_descriptor(_DATA, _PACKED + b"?")),
    "a descriptor of 64 bits where 32 are due": _streamed(a_descriptor(_DATA, _PACKED, wide=True)),
    "a descriptor of 32 bits where 64 are due": _streamed(
        _STREAMED.behind, extra=a_zip64_extra(0, 0), size=DEFERRED, compressed=DEFERRED
    ),
    "a streamed entry with another size in front": _streamed(_STREAMED.behind, size=5),
    "a streamed entry with another CRC-32 in front": _streamed(_STREAMED.behind, crc=5),
    "a streamed entry with its CRC-32 alone in front": _streamed(_STREAMED.behind, crc=_CRC),
    "a streamed entry with its compressed size alone in front": _streamed(_STREAMED.behind, compressed=len(_PACKED)),
    "a stored entry of unknown length": with_part(replace(_STREAMED, method=STORED, behind=a_descriptor(_DATA, _DATA))),
}
CONTRADICTING = {
    "two zip64 fields": _local(extra=a_zip64_extra(len(_DATA)) * 2),
    "a zip64 field with another size": _local(extra=a_zip64_extra(len(_DATA) + 1, len(_PACKED))),
    "a zip64 field with another compressed size": _local(extra=a_zip64_extra(len(_DATA), len(_PACKED) + 1)),
    "a zip64 field of an odd size": _local(extra=an_extra(1, b"\x00" * 7)),
    "a zip64 field with too much": _local(extra=a_zip64_extra(len(_DATA), len(_PACKED), 0)),
    "a zip64 field with less than deferred": _local(extra=a_zip64_extra(9), size=DEFERRED, compressed=DEFERRED),
    "a zip64 field with more than deferred": _local(extra=a_zip64_extra(len(_DATA), len(_PACKED)), size=DEFERRED),
    "deferred sizes and no zip64 field": _local(size=DEFERRED, compressed=DEFERRED),
    "a deferred offset and no zip64 field": with_part(replace(_PART, central={"offset": DEFERRED})),
    "two fields of a kind that says nothing": _local(extra=an_extra(0x5455, b"\x01time") * 2),
    "two such fields in the directory": with_part(replace(_PART, central={"extra": an_extra(0x5455, b"\x01time") * 2})),
    "a zip64 field in the directory without need": with_part(
        replace(_PART, central={"extra": a_zip64_extra(len(_DATA), len(_PACKED))})
    ),
    "a zip64 field with another offset in the directory": with_part(
        replace(_PART, central={"extra": a_zip64_extra(len(_DATA), len(_PACKED), 1)})
    ),
    "extra fields that are cut": _local(extra=b"\x01\x00\x08\x00\x00"),
    "thousands of extra fields": _local(extra=an_extra(0x4242, b"") * 16_000),
    "extra fields with crumbs": _local(extra=b"UT\x00"),
    "a Unicode path of another file": _local(extra=_unicode_path(b"gcp_provider/evil.bin")),
    "a Unicode path of another file in the directory": with_part(
        replace(_PART, central={"extra": _unicode_path(b"../../evil.bin")})
    ),
    "a Unicode path for another name": _local(extra=_unicode_path(_PART.name, of=b"other")),
    "a Unicode path of an unknown kind": _local(extra=_unicode_path(_PART.name, version=2)),
    "a Unicode path that is empty": _local(extra=an_extra(0x7075, b"")),
    "two Unicode paths": _local(extra=_unicode_path(_PART.name) * 2),
}

CASES = {
    **{case: (_DISAGREE, data) for case, data in DISAGREEING.items()},
    **{case: (_EXTRA, data) for case, data in CONTRADICTING.items()},
}


@pytest.mark.parametrize("case", DISAGREEING)
def test_headers_that_disagree_are_refused(case: str) -> None:
    found = refusal(DISAGREEING[case])

    assert found.problem is _DISAGREE
    assert "gcp_provider/data.bin" in found.detail


@pytest.mark.parametrize("case", CONTRADICTING)
def test_extra_fields_that_contradict_their_header_are_refused(case: str) -> None:
    found = refusal(CONTRADICTING[case])

    assert found.problem is _EXTRA
    assert "gcp_provider/" in found.detail
