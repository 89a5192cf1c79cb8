"""Rules that every free text keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import texts
from domain.errors import InvalidTextError

DECEIVING = "\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PLAIN = st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters=DECEIVING)


@given(st.text(PLAIN, min_size=1).filter(str.strip))
def test_a_line_without_control_characters_is_kept(value: str) -> None:
    assert texts.validate_line(value, max_length=len(value)) == value


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\r\t")))
def test_a_text_keeps_its_line_ends_and_tabs(value: str) -> None:
    assert texts.validate_text(value, max_length=len(value)) == value


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x85", "\ud800"])
def test_characters_that_cannot_be_stored_or_deceive_are_refused(character: str) -> None:
    for check in (texts.validate_line, texts.validate_text):
        with pytest.raises(InvalidTextError, match="control characters"):
            check(f"a{character}b", max_length=10)


@pytest.mark.parametrize("character", DECEIVING)
def test_a_line_turns_no_text_around_and_ends_where_it_seems_to(character: str) -> None:
    with pytest.raises(InvalidTextError, match="control characters"):
        texts.validate_line(f"a{character}b", max_length=10)


@pytest.mark.parametrize("value", ["", " ", "\u00a0", "aaaa", "a\nb", "a\tb"])
def test_a_line_is_neither_blank_nor_too_long_nor_broken(value: str) -> None:
    with pytest.raises(InvalidTextError):
        texts.validate_line(value, max_length=3)


def test_a_text_may_be_empty_and_a_line_only_if_said() -> None:
    assert texts.validate_text("", max_length=3) == ""
    assert texts.validate_line("", max_length=3, min_length=0) == ""
    with pytest.raises(InvalidTextError, match="0 to 3 characters long, not 4"):
        texts.validate_text("aaaa", max_length=3)
    for blank in ("", " \n"):
        with pytest.raises(InvalidTextError):
            texts.validate_text(blank, max_length=3, min_length=1)


@given(st.text(st.characters()), st.integers(1, 300))
def test_any_text_can_be_fitted_into_a_line_that_keeps_the_rules(value: str, longest: int) -> None:
    fitted = texts.fitted_line(value, max_length=longest)

    assert fitted == "" or texts.validate_line(fitted, max_length=longest) == fitted


@pytest.mark.parametrize(
    ("value", "fitted"),
    [
        ("Acme Inc.", "Acme Inc."),
        ("  Acme\n\tInc.\x00 ", "Acme Inc."),
        ("Acme\u202e.cnI", "Acme .cnI"),
        ("Größe 漢字 🚀", "Größe 漢字 🚀"),
        ("half a surrogate \ud83d pair", "half a surrogate pair"),
        ("0123456789 x", "0123456789"),
        (" \x1b ", ""),
        ("", ""),
    ],
)
def test_a_fitted_line_keeps_what_can_be_shown(value: str, fitted: str) -> None:
    assert texts.fitted_line(value, max_length=11 if value.startswith("0") else 200) == fitted
