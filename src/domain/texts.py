"""Rules that every free text of a registration keeps."""

import re

from domain.errors import InvalidTextError

# NUL cannot be stored by many databases; lone surrogates by nothing; the other control
# characters only serve to deceive terminals.
_LINE_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def line(value: str, *, longest: int, shortest: int = 1) -> str:
    """Return a text of one line.

    Raises:
        InvalidTextError: Blank although something is due, too long, or with control characters.
    """
    return _checked(value, _LINE_CONTROLS, shortest, longest)


def text(value: str, *, longest: int, shortest: int = 0) -> str:
    """Return a text of any number of lines, possibly empty.

    Raises:
        InvalidTextError: Blank although something is due, too long, or with control characters other than tabs and
            line ends.
    """
    return _checked(value, _TEXT_CONTROLS, shortest, longest)


def fitted_line(value: str, *, longest: int) -> str:
    """Return a text as one line: control characters become spaces, and what is too long is cut. It may be empty."""
    return " ".join(_LINE_CONTROLS.sub(" ", value).split())[:longest].rstrip()


def _checked(value: str, forbidden: re.Pattern[str], shortest: int, longest: int) -> str:
    if not shortest <= len(value) <= longest:
        msg = f"must be {shortest} to {longest} characters long, not {len(value)}"
        raise InvalidTextError(msg)
    if shortest and not value.strip():
        msg = "must not be blank"
        raise InvalidTextError(msg)
    if forbidden.search(value):
        msg = "must not contain control characters"
        raise InvalidTextError(msg)
    return value
