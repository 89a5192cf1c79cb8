"""Archives whose bytes do not add up: tools that read from the front see other files than tools that read the end."""

import struct
from dataclasses import replace

import pytest

from domain.errors import WheelProblem
from tests.builders import a_wheel
from tests.support.archives import (
    DEFERRED,
    Archive,
    Part,
    an_extra,
    central_header,
    read,
    refusal,
    wheel_parts,
    with_part,
)

pytestmark = pytest.mark.hostile

_PARTS = wheel_parts()
_WHEEL = Archive(parts=_PARTS)
_PLAIN = _WHEEL.build()
_PLACE = struct.unpack("<L", _PLAIN[-6:-2])[0]  # of the directory
_OTHER = Part(data=b"other")
_END = b"PK\x05\x06"
_FRAMING, _OVERLAP = WheelProblem.ARCHIVE_FRAMING, WheelProblem.ARCHIVE_OVERLAP


def _bent(**changes: object) -> bytes:
    return replace(_WHEEL, **changes).build()  # type: ignore[arg-type]


def _with_offset(part: Part, offset: int) -> Part:
    return replace(part, written=False, central={"offset": offset})


def _quoted_header() -> bytes:
    """Fifield's bomb: an entry whose stored data are the next entry's header and data, so both inflate the same."""
    inner = Part(name=b"gcp_provider/inner.py", data=b"x = 1\n" * 50)
    whole = Archive(parts=[inner]).build()
    body = whole[: whole.index(b"PK\x01\x02")]
    outer = Part(name=b"gcp_provider/outer.py", data=body, method=0)
    offset = 30 + len(outer.name)
    return Archive(parts=[outer, _with_offset(inner, offset)]).build()


def _hidden_zip64() -> bytes:
    """A zip64 end record and locator inside an extra field, where only readers that always look for one find it."""
    size = sum(len(central_header(part, 0)) for part in [*_PARTS, _OTHER])
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    return with_part(replace(_OTHER, central={"extra": an_extra(0x4242, record + locator)}))


def _second_end_in_data() -> bytes:
    """An end record in the last entry's data that takes the rest of the archive for its comment."""
    decoy = struct.pack("<4s4H2L", _END, 0, 0, 0, 0, 0, 0)
    empty = with_part(Part(name=b"gcp_provider/z", data=decoy + b"\x00\x00", method=0))
    comment = len(empty) - empty.index(decoy) - 22
    return with_part(Part(name=b"gcp_provider/z", data=decoy + struct.pack("<H", comment), method=0))


def _reaching_out() -> bytes:
    """The directory's last entry announces extra fields that would lie in the end record."""
    last = _PLAIN.rindex(b"PK\x01\x02")
    return _PLAIN[: last + 30] + b"\x03\x00" + _PLAIN[last + 32 :]


CASES = {
    "bytes in front, as a self-extracting archive has": (_FRAMING, _bent(front=b"#!/bin/sh\n")),
    "bytes in front that the offsets do not know of": (_FRAMING, b"#!/bin/sh\n" + _PLAIN),
    "bytes after the end": (_FRAMING, _PLAIN + b"\x00"),
    "a whole line after the end": (_FRAMING, _PLAIN + b"<!-- generated -->\n" * 20),
    "a comment that is an end record's signature": (_FRAMING, _bent(after=b"hello PK\x05\x06 hello")),
    "a comment with the signature of an entry": (_FRAMING, _bent(after=b"PK\x03\x04")),
    "a comment with the signature of the directory": (_FRAMING, _bent(after=b"PK\x01\x02")),
    "a comment with the signature of zip64": (_FRAMING, _bent(after=b"PK\x06\x07")),
    "a comment that is an archive": (_FRAMING, _bent(after=_PLAIN)),
    "a comment that is longer": (_FRAMING, _bent(after=b"hello", end={"comment": 4})),
    "a comment in front of the end record": (_FRAMING, _bent(before_end=b"hello", end={"comment": 5})),
    "a comment whose end record lies about the directory": (_FRAMING, _bent(after=b"hello", end={"size": 46})),
    "a comment and bytes after it": (_FRAMING, _bent(after=b"hello") + b"\n"),
    "a comment that is cut": (_FRAMING, _bent(after=b"hello", end={"comment": 9})),
    "a comment that is another end record": (_FRAMING, _bent(after=_PLAIN[-22:])),
    "a second end record in an entry's data": (_FRAMING, _second_end_in_data()),
    "two archives, one after the other": (_FRAMING, _PLAIN + _PLAIN),
    "two archives, the second with offsets from the front": (_FRAMING, _bent(front=_PLAIN)),
    "a gap between two entries": (_FRAMING, _bent(parts=[replace(_PARTS[0], behind=b"\x00" * 7), *_PARTS[1:]])),
    "a hidden entry between two entries": (_FRAMING, with_part(replace(_OTHER, listed=False), Part(name=b"z"))),
    "a hidden first entry": (_FRAMING, _bent(parts=[replace(_OTHER, listed=False), *_PARTS])),
    "a hidden last entry": (_FRAMING, with_part(replace(_OTHER, listed=False))),
    "a gap before the directory": (_FRAMING, _bent(before_directory=b"PK\x06\x08\x00\x00\x00\x00")),
    "a gap after the directory": (_FRAMING, _bent(before_end=b"\x00" * 4)),
    "a digital signature in the directory": (_FRAMING, _bent(in_directory=b"PK\x05\x05\x02\x00ab")),
    "a directory that begins later": (_FRAMING, _bent(end={"offset": _PLACE + 1})),
    "a directory that begins earlier": (_FRAMING, _bent(end={"offset": _PLACE - 1})),
    "a directory that is shorter": (_FRAMING, _bent(end={"size": 46})),
    "a directory outside the file": (_FRAMING, _bent(end={"offset": 0xFFFFFF00})),
    "a directory with an unknown record": (
        _FRAMING,
        with_part(replace(_OTHER, central={"signature": b"PK\x01\x09"})),
    ),
    "a directory whose last entry is cut": (_FRAMING, with_part(in_directory=central_header(_OTHER, 0)[:-3])),
    "a directory whose last entry reaches out of it": (_FRAMING, _reaching_out()),
    "fewer entries announced": (_FRAMING, _bent(end={"entries": 4, "here": 4})),
    "more entries announced": (_FRAMING, _bent(end={"entries": 6, "here": 6})),
    "no entries announced": (_FRAMING, _bent(end={"entries": 0, "here": 0})),
    "the last of several volumes": (_FRAMING, _bent(end={"disk": 1, "first_disk": 1})),
    "a directory that begins on another volume": (_FRAMING, _bent(end={"first_disk": 1})),
    "entries on other volumes": (_FRAMING, _bent(end={"here": 4})),
    "an entry on another volume": (_FRAMING, with_part(replace(_OTHER, central={"disk": 1}))),
    "an entry's comment with an end record": (
        _FRAMING,
        with_part(replace(_OTHER, central={"comment": b"a" + _PLAIN[-22:]})),
    ),
    "an entry's comment that is cut": (
        _FRAMING,
        with_part(in_directory=central_header(replace(_OTHER, central={"comment": b"hello"}), 0)[:-3]),
    ),
    "zip64: a locator that points elsewhere": (_FRAMING, _bent(end64={}, locator={"place": 0})),
    "zip64: a locator of two volumes": (_FRAMING, _bent(end64={}, locator={"disks": 2})),
    "zip64: a locator of another volume": (_FRAMING, _bent(end64={}, locator={"disk": 1})),
    "zip64: a record with an extensible part": (_FRAMING, _bent(end64={"length": 45})),
    "zip64: a record of several volumes": (_FRAMING, _bent(end64={"first_disk": 1})),
    "zip64: a record that disagrees on the count": (_FRAMING, _bent(end64={"entries": 1, "here": 1})),
    "zip64: a record that disagrees on the size": (_FRAMING, _bent(end64={"size": 46})),
    "zip64: a record that disagrees on the place": (_FRAMING, _bent(end64={"offset": 0})),
    "zip64: a deferred place beyond the file": (_FRAMING, _bent(end64={"offset": 2**63}, end={"offset": DEFERRED})),
    "zip64: deferred, and no record": (_FRAMING, _bent(end={"offset": DEFERRED, "size": DEFERRED})),
    "zip64: a record hidden in an extra field": (_FRAMING, _hidden_zip64()),
    "an entry that is listed and not there": (
        _OVERLAP,
        with_part(replace(_OTHER, written=False), Part(name=b"z", data=b"z")),
    ),
    "two entries at the same place": (_OVERLAP, with_part(_with_offset(_OTHER, 0))),
    "an entry inside another one's data": (_OVERLAP, _quoted_header()),
    "an entry that reaches into the next": (
        _OVERLAP,
        _bent(parts=[replace(_PARTS[0], both={"compressed": 9}), *_PARTS[1:]]),
    ),
    "an entry that reaches into the directory": (_OVERLAP, with_part(replace(_OTHER, both={"compressed": 2000}))),
    "an entry whose header is outside the file": (_FRAMING, with_part(_with_offset(_OTHER, _PLACE + 46 * 20))),
    "a directory in the place of an entry": (_FRAMING, with_part(_with_offset(_OTHER, 0xFFFFFFF0))),
}


@pytest.mark.parametrize("case", CASES)
def test_an_archive_that_does_not_add_up_is_refused(case: str) -> None:
    problem, data = CASES[case]

    assert refusal(data).problem is problem


@pytest.mark.parametrize(
    ("kept", "problem"),
    [
        (0, WheelProblem.NOT_AN_ARCHIVE),
        (3, WheelProblem.NOT_AN_ARCHIVE),
        (len(_PLAIN) // 2, WheelProblem.NOT_AN_ARCHIVE),
        (len(_PLAIN) - 22, WheelProblem.NOT_AN_ARCHIVE),
        (len(_PLAIN) - 1, _FRAMING),
    ],
)
def test_a_cut_archive_is_refused(kept: int, problem: WheelProblem) -> None:
    assert refusal(_PLAIN[:kept]).problem is problem


def test_an_archive_without_its_front_is_refused() -> None:
    assert refusal(_PLAIN[1:]).problem is _FRAMING
    assert refusal(_PLAIN[-22:]).problem is _FRAMING


def test_a_comment_is_called_a_comment() -> None:
    assert "the comment of the entry" in refusal(with_part(replace(_OTHER, central={"comment": b"PK\x01\x02"}))).detail
    assert "the archive's comment" in refusal(_bent(after=b"PK\x01\x02")).detail


def test_the_unbent_archive_is_read() -> None:
    assert read(_PLAIN) == read(a_wheel())
