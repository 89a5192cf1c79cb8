"""A body has one reading: whatever stands in its strings, a member that is sent twice is found."""

import json
from typing import TypeAlias, Union

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entrypoints.http.requests.bodies import MAX_CONTAINERS, BadBodyError, parse_json

_Sent: TypeAlias = Union["_Object", list["_Sent"], str, int, float, bool, None]


class _Object(tuple[tuple[str, "_Sent"], ...]):
    """An object as it is sent, member by member."""

    __slots__ = ()

    @property
    def repeats(self) -> bool:
        return len(dict(self)) < len(self)


_TEXTS = st.text(st.sampled_from('":\\{}[],/ ab\n\x07é\N{GRINNING FACE}'), max_size=6)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS


def _containers(inner: st.SearchStrategy[_Sent]) -> st.SearchStrategy[_Sent]:
    members = st.tuples(_TEXTS, inner)
    return st.lists(inner, max_size=4) | st.lists(members, max_size=4).map(_Object)


_BODIES = st.recursive(_SCALARS, _containers, max_leaves=15)


@given(
    body=_BODIES, ascii_only=st.booleans(), separators=st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t:\r\n")])
)
@example(body=_Object(((":", ":"), ('\\":', '\\\\"'))), ascii_only=True, separators=(",", ":"))
@example(body=_Object((("a", "\\"), ("a", ":"))), ascii_only=False, separators=(",", ":"))
def test_members_are_counted_whatever_stands_in_strings(
    *, body: _Sent, ascii_only: bool, separators: tuple[str, str]
) -> None:
    text = _text(body, ascii_only=ascii_only, separators=separators)
    if _repeats(body):
        with pytest.raises(BadBodyError, match="repeats"):
            parse_json(text.encode())
    else:
        assert parse_json(text.encode()) == json.loads(text)


@pytest.mark.parametrize("escape", [r"\u003a", r"\u003A"])
@pytest.mark.parametrize("twice", ['"a":1,"a":1', r'"a":1,"\u0061":1', '":":1,":":1', r'"\\":{"\"":1,"\"":1}'])
def test_a_colon_spelled_as_an_escape_makes_up_for_no_member(escape: str, twice: str) -> None:
    with pytest.raises(BadBodyError, match="repeats"):
        parse_json(f'{{{twice},"b":"{escape}{escape}"}}'.encode())


@pytest.mark.parametrize("container", [b"{}", b"[]", b'"{"', b'"["'])
def test_a_body_of_more_objects_and_lists_than_anyone_needs_is_not_decoded(container: bytes) -> None:
    most = b"[" + container + (b"," + container) * (MAX_CONTAINERS - 2) + b"]"
    assert parse_json(most) == json.loads(most)

    with pytest.raises(BadBodyError, match="131072 braces and brackets; send smaller schemas"):
        parse_json(b"[" + most + b"]")


def _text(body: _Sent, *, ascii_only: bool, separators: tuple[str, str]) -> str:
    comma, colon = separators
    if isinstance(body, _Object):
        pairs = (
            _text(name, ascii_only=ascii_only, separators=separators)
            + colon
            + _text(value, ascii_only=ascii_only, separators=separators)
            for name, value in body
        )
        return f"{{{comma.join(pairs)}}}"
    if isinstance(body, list):
        return f"[{comma.join(_text(item, ascii_only=ascii_only, separators=separators) for item in body)}]"
    return json.dumps(body, ensure_ascii=ascii_only)


def _repeats(body: _Sent) -> bool:
    if isinstance(body, _Object):
        return body.repeats or any(_repeats(value) for _, value in body)
    return isinstance(body, list) and any(map(_repeats, body))
