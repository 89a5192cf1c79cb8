"""Wheels of which single bytes were changed, or that were cut and spliced."""

import io
import struct
import zipfile
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.wheel.zip_wheel_reader import ZipWheelReader
from domain.errors import WheelRefusedError
from domain.wheel.archive import WheelArchive
from tests.builders import a_wheel
from tests.support.archives import (
    DEFERRED,
    STREAMED,
    Archive,
    Part,
    a_descriptor,
    a_zip64_extra,
    an_extra,
    read,
    wheel_parts,
)

pytestmark = pytest.mark.hostile

_PLAIN = a_wheel()
_FLIPS = (0x01, 0x10, 0x80, 0xFF)
_LOCAL_LENIENCY = {4: "needed version", 5: "needed version", **dict.fromkeys(range(10, 14), "date")}
_CENTRAL_LENIENCY = {
    **dict.fromkeys((4, 5), "version made by"),
    **dict.fromkeys((6, 7), "needed version"),
    **dict.fromkeys(range(12, 16), "date"),
    **dict.fromkeys((36, 37), "internal attributes"),
    **dict.fromkeys(range(38, 42), "external attributes"),
}
_TIMESTAMP = b"\x03timestamp"
_PADDING = "bits behind the end of a deflate stream"


def _elaborate_wheel() -> bytes:
    """Return a wheel with all that the format offers: descriptors, zip64, extra fields, a folder."""
    parts = [*wheel_parts(), Part(name=b"gcp_provider/", method=0)]
    data, packed = parts[0].data, parts[0].raw
    parts[0] = replace(
        parts[0],
        both={"flags": STREAMED},
        local={"crc": 0, "size": DEFERRED, "compressed": DEFERRED, "extra": a_zip64_extra(0, 0)},
        behind=a_descriptor(data, packed, wide=True),
    )
    data, packed = parts[1].data, parts[1].raw
    parts[1] = replace(parts[1], both={"flags": STREAMED}, behind=a_descriptor(data, packed, signed=False))
    parts[2] = replace(parts[2], both={"extra": an_extra(0x5455, _TIMESTAMP)})
    return Archive(parts=parts, end64={}, end={"entries": 0xFFFF, "here": 0xFFFF}).build()


def _leniencies(data: bytes) -> dict[int, str]:
    """Name the bytes that mean nothing to anybody who unpacks the wheel."""
    lenient: dict[int, str] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos, place = archive.infolist(), archive.start_dir
    for info in infos:
        name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
        lenient |= {info.header_offset + offset: why for offset, why in _LOCAL_LENIENCY.items()}
        lenient |= {place + offset: why for offset, why in _CENTRAL_LENIENCY.items()}
        if info.compress_type == zipfile.ZIP_DEFLATED:
            lenient[info.header_offset + 30 + name + extra + info.compress_size - 1] = _PADDING
        place += 46 + sum(struct.unpack_from("<3H", data, place + 28))
    if data[place : place + 4] == b"PK\x06\x06":
        lenient |= dict.fromkeys(range(place + 12, place + 16), "versions of zip64")
    for start in (at for at in range(len(data)) if data.startswith(an_extra(0x5455, _TIMESTAMP), at)):
        lenient |= dict.fromkeys((start, start + 1), "kind of an extra field that says nothing")
        lenient |= dict.fromkeys(range(start + 4, start + 4 + len(_TIMESTAMP)), "extra field that says nothing")
    return lenient


@pytest.mark.parametrize("wheel", [_PLAIN, _elaborate_wheel()], ids=["plain", "elaborate"])
async def test_every_changed_byte_is_refused_unless_it_means_nothing(wheel: bytes, tmp_path: Path) -> None:
    path = tmp_path / "wheel"
    path.write_bytes(wheel)
    reader = ZipWheelReader()
    unchanged = await reader.read(path)
    lenient = _leniencies(wheel)
    survived: Counter[str] = Counter()

    for offset, flip in ((offset, flip) for offset in range(len(wheel)) for flip in _FLIPS):
        path.write_bytes(wheel[:offset] + bytes([wheel[offset] ^ flip]) + wheel[offset + 1 :])
        try:
            found = await reader.read(path)
        except WheelRefusedError:
            continue
        assert found == unchanged, f"byte {offset} changed what is read"
        survived[lenient[offset]] += 1  # a KeyError is a byte that means something and may be changed

    assert set(survived) == set(lenient.values())


def _read_or_refuse(data: bytes) -> None:
    try:
        found = read(data)
    except WheelRefusedError as refusal:
        assert refusal.detail  # noqa: PT017 - both ways are fine; any other exception is the failure
    else:
        assert _digests(found) == _digests_by_zipfile(data)


def _digests(found: WheelArchive) -> dict[str, bytes]:
    return {member.path: member.digests["sha256"] for member in found.members}


def _digests_by_zipfile(data: bytes) -> dict[str, bytes]:
    """Read as installers do: whoever accepts an archive must see what they see."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: sha256(archive.read(info)).digest() for info in archive.infolist() if not info.is_dir()}


_WHEELS = st.sampled_from([_PLAIN, _elaborate_wheel()])


@given(_WHEELS, st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=300)
def test_changed_bytes_are_refused_or_read_as_installers_do(wheel: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(wheel)
    for place, value in changes:
        data[place % len(data)] = value

    _read_or_refuse(bytes(data))


@given(_WHEELS, _WHEELS, st.integers(0, 3000), st.integers(0, 3000), st.binary(max_size=40))
@settings(max_examples=300)
def test_cut_and_spliced_archives_are_refused_or_read_as_installers_do(
    first: bytes, second: bytes, start: int, end: int, spliced: bytes
) -> None:
    _read_or_refuse(first[:start] + spliced + second[end:])


@given(_WHEELS, st.data())
@settings(max_examples=400)
def test_hostile_headers_are_refused_or_read_as_installers_do(wheel: bytes, choice: st.DataObject) -> None:
    """Headers take extreme values more often than changed bytes would give them."""
    data = bytearray(wheel)
    signature, length = choice.draw(
        st.sampled_from([(b"PK\x01\x02", 46), (b"PK\x03\x04", 30), (b"PK\x05\x06", 22), (b"PK\x06\x06", 56)])
    )
    start = max(data.find(signature), 0)
    for _ in range(choice.draw(st.integers(1, 3))):
        place = start + choice.draw(st.integers(4, length - 4))
        data[place : place + 4] = choice.draw(st.sampled_from([b"\x00" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f"]))

    _read_or_refuse(bytes(data))


@given(st.binary(max_size=300), st.integers(0, 4))
@settings(max_examples=200)
def test_arbitrary_bytes_are_refused(data: bytes, entries: int) -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, len(data), 0, 0)

    _read_or_refuse(data)
    _read_or_refuse(data + end)
