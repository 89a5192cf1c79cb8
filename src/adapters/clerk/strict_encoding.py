"""Reading base64url and JSON with one reading only: what two parsers could understand differently is refused."""

import base64
import json
import re
from collections.abc import Iterable
from typing import NoReturn

MAX_DEPTH = 32
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def decode_base64url(text: str) -> bytes:
    """Return the bytes that a text without padding stands for (RFC 7515 section 2).

    Raises:
        ValueError: Other characters, padding, or a spelling that is not the canonical one of its bytes.
    """
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # The unused low bits of the last character would make several texts of one token.
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise ValueError("not canonical base64url")
    return data


def decode_object(data: bytes) -> dict[str, object]:
    """Return the members of a JSON object.

    Raises:
        ValueError: Not UTF-8, not JSON (NaN and Infinity are not), nested deeper than 32 levels, not an object, or
            a name stands twice in any object.
    """
    try:
        value = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - the caller asks whether the data is valid
    _check_depth(value)
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _no_constant(constant: str) -> NoReturn:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)


def _check_depth(value: object) -> None:
    """Bound the depth by a number of our own: where the parser gives up differs between Python versions."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ValueError("nested too deep")


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
