"""Headers of a ``*.dist-info`` folder, read by the line and by a parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.wheel.metadata import any_headers, headers, is_plain, plain_headers

_NAMES = st.text(alphabet="Na-!~9", min_size=1, max_size=5)
_VALUES = st.text(alphabet=": \t\x00\x0b\x0c\x1c\x85\u2028é\ufffdFrom", max_size=8)
_LINES = st.builds("{}:{}\n".format, _NAMES, _VALUES)
_BROKEN = st.text(alphabet="Na: \t\r\n\x0b\x85", max_size=6)


@given(st.lists(_LINES, min_size=1, max_size=5).map("".join), st.sampled_from(["", "\n"]))
def test_plain_headers_are_read_as_a_parser_reads_them(text: str, end: str) -> None:
    assert is_plain(text + end)
    assert plain_headers(text + end).items() == any_headers(text + end).items()


@given(st.lists(_LINES | _BROKEN, max_size=5).map("".join))
def test_whatever_passes_for_plain_is_read_as_a_parser_reads_it(text: str) -> None:
    assert headers(text.encode(), file="METADATA").items() == any_headers(text).items()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "A",
        "A: 1",
        "A: 1\n b\n",
        "A: 1\r\n",
        "A: 1\rB: 2\n",
        ": 1\n",
        "From x: 1\n",
        "A : 1\n",
        "A: 1\n\n\n",
        "é: 1\n",
    ],
)
def test_what_is_folded_broken_or_ends_otherwise_is_left_to_the_parser(text: str) -> None:
    assert not is_plain(text)
