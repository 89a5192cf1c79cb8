"""What is accepted at once, because it is plain, would be accepted by the closer look as well."""

import zlib
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from adapters.wheel.archive_source import ArchiveBytes, ArchiveCaps
from adapters.wheel.central_directory import read_directory
from adapters.wheel.end_records import find_directory
from adapters.wheel.entries import Entry, check_name, is_plain
from adapters.wheel.inflation import at_once, in_chunks
from adapters.wheel.local_headers import LocalHeader, read_local_header
from domain.errors import WheelRefusedError
from domain.wheel.portable_names import on_any_file_system
from tests.support.archives import (
    DEFERRED,
    DEFLATED,
    STORED,
    STREAMED,
    Archive,
    Part,
    a_zip64_extra,
    an_extra,
    deflated,
)

_NAMES = (
    st.text(alphabet="aZ0_-+. /:\\~\x01\x7fé", max_size=8)
    | st.builds("{}{}".format, st.text(alphabet="a./", max_size=3), st.integers(253, 258).map("a".__mul__))
    | st.lists(st.sampled_from(["con", "NUL", "com1", "LPT9", "x", "/", ".", " ", "~1"]), max_size=5).map("".join)
)
_PATHS = st.text(alphabet="aA. /İßς\u0345\u0301é\u2028\x85\u212b\u200d\ufe0f", max_size=8)
_EXTRAS = st.sampled_from(
    [
        b"",
        b"\x01",
        an_extra(0x5455, b"time"),
        a_zip64_extra(),
        a_zip64_extra(6),
        a_zip64_extra(6, 8),
        an_extra(0x7075, b""),
    ]
)
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "flags": st.sampled_from([0, 2, 8, 0x0800]),
        "version": st.sampled_from([20, 45]),
        "modified": st.integers(0, 9),
        "size": st.sampled_from([0, 6, DEFERRED]),
        "compressed": st.sampled_from([0, 8, DEFERRED]),
        "extra": _EXTRAS,
    },
)


@given(_NAMES)
def test_a_plain_name_is_allowed(path: str) -> None:
    if is_plain(path):
        check_name(path)


@given(st.lists(_PATHS, max_size=4))
def test_names_take_the_form_together_that_they_take_alone(paths: list[str]) -> None:
    together = on_any_file_system("".join(f"{path}\n" for path in paths))

    assert together.split("\n")[:-1] == [on_any_file_system(path) for path in paths]


@given(_FIELDS, _FIELDS, st.sampled_from([STORED, DEFLATED]))
@example({"flags": STREAMED, "crc": 0, "compressed": 0}, {}, STORED)  # nobody knows where it ends
def test_a_header_like_the_directory_is_accepted_as_field_by_field(
    both: dict[str, object], local: dict[str, object], method: int
) -> None:
    part = Part(name=b"a.py", data=b"x = 1\n", method=method, both=both, local=local)
    file = ArchiveBytes(Archive(parts=[part, replace(part, both={}, local={})]).build())
    try:
        entry = read_directory(file, find_directory(file), ArchiveCaps())[0]
    except WheelRefusedError:  # which is another test's
        return

    assert _header(file, entry) == _header(file, entry._replace(mirrored=b""))


def _header(file: ArchiveBytes, entry: Entry) -> LocalHeader | str:
    try:
        return read_local_header(file, entry)
    except WheelRefusedError as refusal:
        return refusal.detail


@given(
    st.binary(max_size=40).map(deflated) | st.binary(max_size=40),
    st.sampled_from([b"", b"\x00", b"more"]),
    st.integers(0, 2),
    st.sampled_from([STORED, DEFLATED]),
    st.tuples(st.sampled_from([-1, 0, 0, 1]), st.sampled_from([0, 0, 1])),
)
def test_an_entry_is_inflated_at_once_exactly_if_it_can_be_in_chunks(
    stream: bytes, more: bytes, cut: int, method: int, lies: tuple[int, int]
) -> None:
    packed = stream[: len(stream) - cut] + more
    data = packed if method == STORED else _inflated_as_far_as_it_goes(packed)
    entry = Entry(
        path="a",
        version=20,
        flags=0,
        method=method,
        crc=zlib.crc32(data) ^ lies[1],
        compressed=len(packed),
        size=len(data) + lies[0],
        offset=0,
        attributes=0,
        mirrored=b"",
    )
    try:
        expected = b"".join(in_chunks([packed], entry))
    except WheelRefusedError:
        expected = None

    assert at_once(packed, entry) == expected


def _inflated_as_far_as_it_goes(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed)
    except zlib.error:
        return b""
