"""JSON in one canonical spelling, so that equal documents are equal texts."""

import json
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from domain.errors import InvalidSchemasError

_NOT_JSON = "a JSON document holds strings, finite numbers, booleans, null, arrays and objects only"
MAX_DEPTH = 64
_EXACT = 2**53  # beyond it a float names no single integer, and its digits would multiply
_KEEPING_ORDER, _SORTING = (
    json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False, sort_keys=sort_keys
    )
    for sort_keys in (False, True)
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NUL = r"\u0000"  # as it is written, unless the backslash is
_ASTRAL = re.compile(r"[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class CanonicalJson:
    """A JSON document as canonical text.

    Keys are sorted by UTF-16 code units, there is no white space, and a number with an integral value is written as
    an integer, so that ``1`` and ``1.0`` agree (after RFC 8785, which the text follows except in the exponents of
    very large and very small fractions).
    """

    text: str

    @classmethod
    def of(cls, value: object) -> Self:
        """Canonicalise a decoded document.

        Raises:
            InvalidSchemasError: It is not JSON, nests deeper than 64 levels, holds NUL or a lone surrogate, or a number
                of more than 4300 digits (the most that Python reads or writes).
        """
        is_plain = _check(value, MAX_DEPTH)
        text = _written(_SORTING, value)
        if not is_plain or (not text.isascii() and _ASTRAL.search(text)):  # of all other names both orders are the same
            text = _written(_KEEPING_ORDER, _rebuilt(value))
        _require_storable(text)
        return cls(text)

    def decode(self) -> object:
        """Return the document as Python values."""
        return json.loads(self.text)


def _check(value: object, depth: int) -> bool:
    """Return whether a value is JSON all of whose numbers are written as they are."""
    if isinstance(value, dict):
        _require_names(value)
        return _check_members(value.values(), depth)
    if isinstance(value, list | tuple):
        return _check_members(value, depth)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidSchemasError(_NOT_JSON)
        return not _is_whole(value)
    if value is None or isinstance(value, str | bool | int):
        return True
    raise InvalidSchemasError(_NOT_JSON)


def _check_members(members: Collection[object], depth: int) -> bool:
    if members and not depth:
        raise InvalidSchemasError(f"a schema nests deeper than {MAX_DEPTH} levels")
    is_plain = True
    for member in members:
        if type(member) is not str:  # most are
            is_plain &= _check(member, depth - 1)
    return is_plain


def _require_names(members: dict[str, object]) -> None:
    try:
        "".join(members)
    except TypeError:
        raise InvalidSchemasError(_NOT_JSON) from None


def _is_whole(value: float) -> bool:
    return value.is_integer() and abs(value) < _EXACT


def _rebuilt(value: object) -> object:
    """Return a value with its members in their order and whole numbers as integers."""
    if isinstance(value, dict):
        return {name: _rebuilt(value[name]) for name in sorted(value, key=_utf_16)}
    if isinstance(value, list | tuple):
        return [_rebuilt(item) for item in value]
    return int(value) if isinstance(value, float) and _is_whole(value) else value


def _utf_16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _written(encoder: json.JSONEncoder, value: object) -> str:
    try:
        return encoder.encode(value)
    except ValueError:
        raise InvalidSchemasError("a schema holds a number with too many digits to be stored") from None


def _require_storable(text: str) -> None:
    if (not text.isascii() and _SURROGATE.search(text)) or (_NUL in text and _NUL in text.replace(r"\\", "")):
        raise InvalidSchemasError("a schema holds a NUL character or half a surrogate pair, which cannot be stored")
