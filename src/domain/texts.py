"""Rules that every free text of a registration keeps."""

import re

from domain.errors import InvalidTextError

# NUL cannot be stored by many databases; lone surrogates by nothing; the other control
# characters only serve to deceive terminals.
_LINE_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def validate_line(value: str, *, max_length: int, min_length: int = 1) -> str:
    """Return a text of one line.

    Raises:
        InvalidTextError: Blank although something is due, too long, or with control characters.
    """
    return _checked(value, _LINE_CONTROLS, min_length, max_length)


def validate_text(value: str, *, max_length: int, min_length: int = 0) -> str:
    """Return a text of any number of lines, possibly empty.

    Raises:
        InvalidTextError: Blank although something is due, too long, or with control characters other than tabs and
            line ends.
    """
    return _checked(value, _TEXT_CONTROLS, min_length, max_length)


def fitted_line(value: str, *, max_length: int) -> str:
    """Return a text as one line: control characters become spaces, and what is too long is cut. It may be empty."""
    return " ".join(_LINE_CONTROLS.sub(" ", value).split())[:max_length].rstrip()


def _checked(value: str, forbidden: re.Pattern[str], min_length: int, max_length: int) -> str:
    if not min_length <= len(value) <= max_length:
        msg = f"must be {min_length} to {max_length} characters long, not {len(value)}"
        raise InvalidTextError(msg)
    if min_length and not value.strip():
        msg = "must not be blank"
        raise InvalidTextError(msg)
    if forbidden.search(value):
        msg = "must not contain control characters"
        raise InvalidTextError(msg)
    return value
