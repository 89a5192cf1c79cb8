"""Canonical JSON."""

import json
from collections.abc import Mapping
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidSchemasError
from domain.schemas import MAX_DEPTH, CanonicalJson

_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS
_DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4), max_leaves=12
)


@given(_DOCUMENTS)
def test_decoding_and_canonicalising_again_changes_nothing(document: object) -> None:
    canonical = CanonicalJson.of(document)

    assert CanonicalJson.of(canonical.decode()) == canonical


@given(_DOCUMENTS)
def test_decoding_gives_the_document_back(document: object) -> None:
    assert CanonicalJson.of(document).decode() == document


@given(_DOCUMENTS)
def test_the_order_of_keys_is_irrelevant(document: object) -> None:
    assert CanonicalJson.of(_reversed(document)) == CanonicalJson.of(document)


@given(_DOCUMENTS, _DOCUMENTS)
def test_documents_are_equal_exactly_when_their_texts_are(one: object, other: object) -> None:
    # Python calls True and 1 equal, JSON does not: a type beside every scalar tells them apart.
    assert (CanonicalJson.of(one) == CanonicalJson.of(other)) is (_typed(one) == _typed(other))


def test_whole_numbers_are_written_one_way() -> None:
    assert CanonicalJson.of([1.0, -0.0, 1e3, 2.5]) == CanonicalJson.of([1, 0, 1000, 2.5])
    assert CanonicalJson.of([True]) != CanonicalJson.of([1])


def test_keys_are_sorted_by_utf_16_code_units() -> None:
    # Source: RFC 8785 section 3.2.3. U+FB33 sorts after the surrogate pairs of U+1F600.
    assert CanonicalJson.of({"\ufb33": 1, "\U0001f600": 2, "b": 3, "a": 4}).text == (
        '{"a":4,"b":3,"\U0001f600":2,"\ufb33":1}'
    )


@pytest.mark.parametrize("number", [2**53 + 1, -(2**64), 10**400])
def test_large_integers_keep_every_digit(number: int) -> None:
    assert CanonicalJson.of({"maximum": number}).decode() == {"maximum": number}


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), float("-inf"), b"bytes", {1, 2}, object(), {1: "key"}, {None: 1}, 1 + 2j],
)
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises(InvalidSchemasError, match="JSON document"):
        CanonicalJson.of([value])


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x\udfff"])
@pytest.mark.parametrize("where", [lambda text: text, lambda text: [text], lambda text: {text: 1}])
def test_text_that_cannot_be_stored_is_refused(text: str, where: Any) -> None:
    with pytest.raises(InvalidSchemasError, match="cannot be stored"):
        CanonicalJson.of(where(text))


@pytest.mark.parametrize("zeros", [4300, 5000])
def test_numbers_too_long_to_be_written_are_refused(zeros: int) -> None:
    with pytest.raises(InvalidSchemasError, match="too many digits"):
        CanonicalJson.of([10**zeros])


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_a_document_nests_64_levels_deep_and_no_deeper(wrap: Any) -> None:
    deepest = reduce(lambda inner, _: wrap(inner), range(MAX_DEPTH), 1)

    assert CanonicalJson.of(deepest).decode() == deepest
    with pytest.raises(InvalidSchemasError, match="64"):
        CanonicalJson.of(wrap(deepest))


def test_a_document_that_contains_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(InvalidSchemasError):
        CanonicalJson.of(endless)


def test_the_text_is_json() -> None:
    assert json.loads(CanonicalJson.of({"a": ["é", '"', "\n", "\u2028"]}).text) == {"a": ["é", '"', "\n", "\u2028"]}


def _reversed(document: object) -> object:
    if isinstance(document, Mapping):
        return {key: _reversed(value) for key, value in reversed(list(document.items()))}
    return [_reversed(item) for item in document] if isinstance(document, list) else document


def _typed(document: object) -> object:
    if isinstance(document, Mapping):
        return {key: _typed(value) for key, value in document.items()}
    return [_typed(item) for item in document] if isinstance(document, list) else (isinstance(document, bool), document)
