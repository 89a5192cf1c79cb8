"""Texts of the environment as values. What is wrong with one is said without repeating any of it."""

import re
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import msgspec

from entrypoints.secret import Secret
from entrypoints.settings import Names

T = TypeVar("T")

_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "\u2018": "\u2019", "«": "»"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINE_ENDS = str.maketrans("\t\r\n", "   ")


class InvalidSettingError(Exception):
    """A text is no value of its setting; the message says what one is."""


def decode(text: str, hint: Any) -> object:  # noqa: ANN401 -- a type hint may be any object
    """Return the value that a text stands for.

    Raises:
        InvalidSettingError: It stands for none.
    """
    kind, meta = _parted(hint)
    if kind == Names:
        text = text.translate(_LINE_ENDS)
    _require_text(text, is_secret=kind is Secret)
    if kind == Names:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        return msgspec.convert(text, hint, strict=False, dec_hook=_custom)
    except msgspec.ValidationError:
        raise InvalidSettingError(f"must be {_expected(kind, meta)}") from None


def _require_text(text: str, *, is_secret: bool) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidSettingError("is not UTF-8") from None
    if _CONTROLS.search(text):
        raise InvalidSettingError("holds control characters, such as the end of a line")
    first, last = text[0], text[-1]
    quoted = len(text) > 1 and _QUOTES.get(first) == last
    if quoted or (is_secret and (first in _QUOTES or last in _QUOTES.values())):
        raise InvalidSettingError("begins or ends with a quotation mark; write the value without quotes")


def _parted(hint: Any) -> tuple[Any, msgspec.Meta]:  # noqa: ANN401 -- a type hint may be any object
    """Return what a hint is about, without None, and the bounds that it sets."""
    options = [option for option in get_args(hint) if option is not type(None)]
    if type(None) in get_args(hint) and len(options) == 1:
        return _parted(options[0])
    if get_origin(hint) is Annotated:
        kind, *metas = get_args(hint)
        return kind, next((meta for meta in metas if isinstance(meta, msgspec.Meta)), msgspec.Meta())
    return hint, msgspec.Meta()


def _expected(kind: Any, meta: msgspec.Meta) -> str:  # noqa: ANN401 -- a type hint may be any object
    if meta.description is not None:
        return meta.description
    if get_origin(kind) is Literal:
        return f"one of {', '.join(get_args(kind))}"
    if kind is bool:
        return "true or false"
    if kind is str:
        return f"{meta.min_length} to {meta.max_length} characters long"
    number = "a whole number" if kind is int else "a number"
    above = f" of at least {meta.ge}" if meta.ge is not None else f" above {meta.gt}"
    return f"{number}{above}" + (f" and at most {meta.le}" if meta.le is not None else "")


def _custom(kind: type[T], text: object) -> T:
    return kind(text)  # type: ignore[call-arg] # Secret and Path, both made from text
