"""Regular expressions in schemas."""

import re

from jsonschema_rs import Draft202012Validator

_ECMA = Draft202012Validator({"format": "regex"}, validate_formats=True, offline=True)
_LONGEST = 8192  # reading many names takes the square of their number
# What Python and Rust write otherwise, and the escapes that must be stepped over to find it.
_PYTHON = re.compile(r"\A\(\?[aimsux]+\)|\(\?P(?=<)|\\(.)", re.DOTALL)


def is_pattern(text: str) -> bool:
    """Tell whether a text is a regular expression of ECMA-262, or nearly: schemas are made from Python models.

    Python's own flags, group names and ends of text pass too. The pattern is never compiled; one of more than 8192
    characters is none.
    """
    return len(text) <= _LONGEST and (_ECMA.is_valid(text) or _ECMA.is_valid(_PYTHON.sub(_translated, text)))


def _translated(found: re.Match[str]) -> str:
    if found[1] is None:
        return "(?" if found[0] == "(?P" else ""
    return {"A": "^", "Z": "$", "z": "$"}.get(found[1], found[0])
