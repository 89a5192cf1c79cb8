"""Resource schemas of a version, and the canonical form in which they are compared."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import methodcaller
from typing import Self

from domain import texts
from domain.errors import InvalidSchemasError, InvalidTextError

_NOT_JSON = "a JSON document holds strings, finite numbers, booleans, null, arrays and objects only"
_UNSTORABLE = "a schema holds a NUL character or half a surrogate pair, which cannot be stored"
MAX_DEPTH = 64
_EXACT = 2**53  # beyond it a float names no single integer, and its digits would multiply
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)
_NUL = "\\u0000"
"""How canonical text writes NUL, and also a backslash before ``u0000``."""
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_UTF_16 = methodcaller("encode", "utf-16-be", "surrogatepass")
_PLAIN = frozenset({str, int, bool, type(None)})


@dataclass(frozen=True, slots=True)
class CanonicalJson:
    """A JSON document as canonical text.

    Keys are sorted by UTF-16 code units, there is no white space, and a number with an integral value is written as
    an integer, so that ``1`` and ``1.0`` agree (after RFC 8785, which the text follows except in the exponents of
    very large and very small fractions).

    Attributes:
        text: The canonical text.
    """

    text: str

    @classmethod
    def of(cls, value: object) -> Self:
        """Canonicalise a decoded document.

        Raises:
            InvalidSchemasError: It is not JSON, nests deeper than 64 levels, holds NUL or a lone surrogate, or a number
                of more than 4300 digits (the most that Python reads or writes).
        """
        tree = _canonical(value, MAX_DEPTH)
        try:
            text = _ENCODER.encode(tree)
            text.encode()
        except UnicodeEncodeError:
            raise InvalidSchemasError(_UNSTORABLE) from None
        except ValueError:
            raise InvalidSchemasError("a schema holds a number with too many digits to be stored") from None
        if _NUL in text and _ESCAPED_NUL.search(text):
            raise InvalidSchemasError(_UNSTORABLE)
        return cls(text)

    def decode(self) -> object:
        """Return the document as Python values, members in canonical order."""
        return json.loads(self.text)


def _canonical(value: object, depth: int) -> object:
    if isinstance(value, float):
        return _number(value)
    if value is None or isinstance(value, str | int):
        return value
    if not isinstance(value, dict | list | tuple):
        raise InvalidSchemasError(_NOT_JSON)
    if value and not depth:
        raise InvalidSchemasError(f"a schema nests deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        names = _sorted(value)
        return {name: item if type(item := value[name]) in _PLAIN else _canonical(item, depth - 1) for name in names}
    return [item if type(item) in _PLAIN else _canonical(item, depth - 1) for item in value]


def _number(value: float) -> float | int:
    if not math.isfinite(value):
        raise InvalidSchemasError(_NOT_JSON)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _sorted(members: dict[str, object]) -> list[str]:
    try:
        names = sorted(members)
        return names if "".join(names).isascii() else sorted(names, key=_UTF_16)
    except TypeError:
        raise InvalidSchemasError(_NOT_JSON) from None


MAX_RESOURCES = 2000
MAX_NAME_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class ResourceSchema:
    """The schema of one resource type.

    Attributes:
        resource_type: The key under which it was sent, unique in a version; may contain slashes.
        provider: The provider as the schema names it; the short name unless said otherwise.
        resource: The resource as the schema names it; the resource type unless said otherwise.
        description: For people, or None.
        config_schema: JSON Schema of what a user configures, or None.
        outputs_schema: JSON Schema of what the resource returns, or None.
    """

    resource_type: str
    provider: str
    resource: str
    description: str | None = None
    config_schema: CanonicalJson | None = None
    outputs_schema: CanonicalJson | None = None

    def __post_init__(self) -> None:
        """Refuse texts that cannot be stored.

        Raises:
            InvalidSchemasError: A name or the description is too long or holds control characters.
        """
        try:
            for name in dict.fromkeys((self.resource_type, self.provider, self.resource)):
                texts.validate_line(name, max_length=MAX_NAME_LENGTH)
            if self.description is not None:
                texts.validate_text(self.description, max_length=MAX_DESCRIPTION_LENGTH)
        except InvalidTextError as error:
            raise InvalidSchemasError(f"{self.resource_type[:MAX_NAME_LENGTH]!r}: {error.detail}") from None


@dataclass(frozen=True, slots=True)
class ResourceSchemas:
    """A version's resource schemas, sorted by resource. Equal sets are equal values."""

    entries: tuple[ResourceSchema, ...]

    @classmethod
    def of(cls, entries: Mapping[str, ResourceSchema]) -> Self | None:
        """Collect schemas by resource type; none at all is None, which is how a version without schemas reads.

        Raises:
            InvalidSchemasError: More than 2000 resource types.
        """
        if len(entries) > MAX_RESOURCES:
            raise InvalidSchemasError(f"{len(entries)} resource types; {MAX_RESOURCES} are allowed")
        ordered = sorted(entries.values(), key=lambda entry: (entry.resource, entry.resource_type))
        return cls(tuple(ordered)) if entries else None

    def __iter__(self) -> Iterator[ResourceSchema]:
        return iter(self.entries)
