"""Which bytes of a file a request asks for."""

import pytest

from entrypoints.http.requests.ranges import ByteRange, UnsatisfiableRangeError, requested_range

pytestmark = pytest.mark.hostile

ETAG = '"abc"'
SIZE = 100


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-99", (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=99-", (99, 100)),
        ("bytes=10-1000", (10, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-100", (0, 100)),
        ("bytes=-1000", (0, 100)),
        ("BYTES=5-6", (5, 7)),
        (" bytes= 5-6 ", (5, 7)),
        ("bytes=000005-0000000000000000000000006", (5, 7)),
        ("bytes=5-" + "9" * 6000, (5, 100)),
        ("bytes=-" + "9" * 6000, (0, 100)),
        ("", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=6-5", None),
        ("bytes=0-1,5-6", None),
        ("bytes=0-1,", None),
        ("bytes=a-b", None),
        ("bytes=0x1-2", None),
        ("bytes=+1-2", None),
        ("bytes=1-2-3", None),
        ("bytes=--1", None),
        ("bytes=٣-٤", None),
        ("items=0-1", None),
        ("0-1", None),
    ],
)
def test_a_range_is_one_of_bytes_and_anything_else_is_the_whole_file(
    header: str, expected: tuple[int, int] | None
) -> None:
    found = requested_range(header, "", size=SIZE, etag=ETAG)
    assert found == (expected and ByteRange(*expected))


@pytest.mark.parametrize(
    "header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=-000", "bytes=" + "9" * 6000 + "-"]
)
def test_a_range_without_a_byte_of_the_file_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        requested_range(header, "", size=SIZE, etag=ETAG)


def test_every_range_of_an_empty_file_cannot_be_satisfied() -> None:
    for header in ("bytes=0-", "bytes=0-0", "bytes=-5"):
        with pytest.raises(UnsatisfiableRangeError):
            requested_range(header, "", size=0, etag=ETAG)


@pytest.mark.parametrize(
    ("if_range", "is_partial"),
    [
        (ETAG, True),
        ("", True),
        ('W/"abc"', False),
        ('"other"', False),
        ("Mon, 30 Nov 2026 00:00:00 GMT", False),
        ("*", False),
    ],
)
def test_a_range_of_another_file_is_the_whole_file(if_range: str, *, is_partial: bool) -> None:
    assert (requested_range("bytes=0-0", if_range, size=SIZE, etag=ETAG) is not None) == is_partial
