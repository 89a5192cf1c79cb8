"""What is known about formats of texts."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date

HINTS = frozenset({
    *("password", "binary", "byte", "int32", "int64", "float", "double", "decimal", "json-string", "path", "file-path"),
    *("directory-path", "base64url", "base64"),
})  # fmt: skip
"""Formats that refuse no text: hints for people and generators of code."""
WIDER: Mapping[str, frozenset[str]] = {
    "uri": frozenset({"iri", "uri-reference", "iri-reference"}),
    "iri": frozenset({"iri-reference"}),
    "uri-reference": frozenset({"iri-reference"}),
    "email": frozenset({"idn-email"}),
    "hostname": frozenset({"idn-hostname"}),
}
"""The formats that take all that one takes."""
KNOWN = frozenset({
    *("date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri"),
    *("uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer", "regex"),
    "relative-json-pointer",
})  # fmt: skip
"""The formats that a draft defines."""
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "date": ("2026-01-31",),
    "date-time": ("2026-01-31T12:00:00Z",),
    "time": ("12:00:00Z",),
    "duration": ("P1D",),
    "email": ("a@example.com",),
    "idn-email": ("ü@example.com",),
    "hostname": ("example.com",),
    "idn-hostname": ("exämple.com",),
    "ipv4": ("192.0.2.1",),
    "ipv6": ("2001:db8::1",),
    "uri": ("https://example.com/a",),
    "iri": ("https://example.com/ä",),
    "uri-reference": ("/a",),
    "iri-reference": ("/ä",),
    "uuid": ("01234567-89ab-4cde-8f01-23456789abcd",),
    "json-pointer": ("/a",),
    "relative-json-pointer": ("1/a",),
    "regex": ("a",),
}
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIME = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_MAX_LENGTH = 300


def fits(name: str, text: str) -> bool | None:
    """Tell whether a text is of a format; None if that is not known."""
    if name in HINTS:
        return True
    if any(text in EXAMPLES.get(known, ()) for known in (name, *(n for n, wider in WIDER.items() if name in wider))):
        return True
    check = _CHECKS.get(name)
    return None if check is None or len(text) > _MAX_LENGTH else check(text)


def _is_address(kind: type[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> Callable[[str], bool | None]:
    def check(text: str) -> bool | None:
        try:
            kind(text)
        except ValueError:
            return False
        return None if "%" in text else True

    return check


def _is_date(text: str) -> bool | None:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None


def _is_date_time(text: str) -> bool | None:
    return (
        None if len(text) > 10 and text[10] in "Tt " and _is_date(text[:10]) and _TIME.fullmatch(text[11:]) else False
    )


def _needs(characters: str, *, is_ascii: bool = False) -> Callable[[str], bool | None]:
    def check(text: str) -> bool | None:
        is_possible = all(character in text for character in characters) and (text.isascii() or not is_ascii)
        return None if is_possible else False

    return check


_CHECKS: Mapping[str, Callable[[str], bool | None]] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "time": lambda text: None if _TIME.fullmatch(text) else False,
    "duration": lambda text: None if text.startswith("P") and len(text) > 2 else False,
    "uuid": lambda text: _UUID.fullmatch(text) is not None,
    "ipv4": _is_address(ipaddress.IPv4Address),
    "ipv6": _is_address(ipaddress.IPv6Address),
    "email": _needs("@", is_ascii=True),
    "idn-email": _needs("@"),
    "hostname": _needs("", is_ascii=True),
    "uri": _needs(":", is_ascii=True),
    "iri": _needs(":"),
    "uri-reference": _needs("", is_ascii=True),
    "json-pointer": lambda text: None if text.startswith("/") else not text,
}
