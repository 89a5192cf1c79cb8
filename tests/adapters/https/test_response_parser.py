"""Answers of wheel hosts, however the network cuts them."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.https.connection import FRAMING_BYTES, ProtocolError, ResponseParser

pytestmark = pytest.mark.hostile

OK = b"HTTP/1.1 200 OK\r\n"
HINT = b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n"
BODIES = st.lists(st.binary(min_size=1, max_size=40), max_size=6)
CUTS = st.lists(st.integers(0, 400), max_size=12)


def _sized(pieces: Iterable[bytes]) -> bytes:
    body = b"".join(pieces)
    return OK + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _chunked(pieces: Iterable[bytes]) -> bytes:
    chunks = b"".join(b"%X;a=b\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return OK + b"Transfer-Encoding: Chunked\r\n\r\n" + chunks + b"0\r\nX-Trailer: y\r\n\r\n"


ANSWERS = st.builds(
    lambda hints, write, pieces: (HINT * hints + write(pieces), b"".join(pieces)),
    st.integers(0, 3),
    st.sampled_from([_sized, _chunked]),
    BODIES,
)


def _cut(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    return [data[start:end] for start, end in pairwise(places)]


def _read(parser: ResponseParser, pieces: Iterable[bytes]) -> bytes:
    body = b""
    for piece in pieces:
        parser.feed(piece)
        body += parser.take()
    return body


@given(ANSWERS, CUTS)
def test_an_answer_reads_the_same_however_it_is_cut(answer: tuple[bytes, bytes], cuts: list[int]) -> None:
    written, body = answer
    parser = ResponseParser()
    assert _read(parser, _cut(written, cuts)) == body
    assert (parser.status, parser.is_complete, parser.may_another_follow) == (200, True, True)
    assert [name for name, _ in parser.fields] in ([b"content-length"], [b"transfer-encoding"])


@given(ANSWERS, st.data())
def test_an_answer_that_ends_early_is_never_taken_for_whole(answer: tuple[bytes, bytes], data: st.DataObject) -> None:
    written, _ = answer
    parser = ResponseParser()
    _read(parser, _cut(written[: data.draw(st.integers(0, len(written) - 1))], []))
    assert not parser.is_complete
    with pytest.raises(ProtocolError):
        parser.feed(b"")


@given(ANSWERS, st.sampled_from([OK, HINT, _sized([b"other"]), b"x", b"\x00"]), CUTS)
def test_what_follows_an_answer_neither_changes_it_nor_is_taken_for_the_next(
    answer: tuple[bytes, bytes], surplus: bytes, cuts: list[int]
) -> None:
    written, body = answer
    parser = ResponseParser()
    assert _read(parser, _cut(written + surplus, cuts)) == body
    assert parser.is_complete
    assert not parser.may_another_follow
    assert len(parser.fields) == 1


@given(
    st.binary(max_size=300) | ANSWERS.map(lambda answer: answer[0]), st.binary(max_size=6), st.integers(0, 300), CUTS
)
def test_any_input_is_parsed_or_refused(said: bytes, inserted: bytes, place: int, cuts: list[int]) -> None:
    parser, written = ResponseParser(), said[:place] + inserted + said[place:]
    try:
        body = _read(parser, _cut(written, cuts))
    except ProtocolError:
        return
    assert len(body) <= len(written)
    assert parser.status is None or 200 <= parser.status <= 999


@pytest.mark.parametrize(
    "unending",
    [HINT, b"\r\n", OK + b"X: y", OK + b"Transfer-Encoding: chunked\r\n\r\n1;"],
    ids=["early hints", "blank lines", "a head", "a chunk extension"],
)
def test_framing_without_end_is_refused(unending: bytes) -> None:
    parser = ResponseParser()
    parser.feed(unending)
    more = unending if unending.endswith(b"\n") else b"a" * 100
    with pytest.raises(ProtocolError, match="without one of the file"):
        _read(parser, [more] * (FRAMING_BYTES // len(more) + 1))


def test_a_name_is_read_in_lower_case_and_a_field_behind_the_body_is_none_of_the_head() -> None:
    parser = ResponseParser()
    _read(parser, [_chunked([b"abc"])])
    assert parser.fields == [(b"transfer-encoding", b"Chunked")]
