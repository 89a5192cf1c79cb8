"""JSON of a body in its canonical spelling, most of it written in one go."""

import re

import msgspec

from domain.canonical_json import MAX_DEPTH, CanonicalJson
from entrypoints.http.requests.json_depth import nests_within
from entrypoints.presenters.versions import JsonObject

_ENCODER = msgspec.json.Encoder(order="sorted")
_BEYOND_FFFF = re.compile(rb"[\xf0-\xf4]")


def canonical(schema: JsonObject) -> CanonicalJson:
    """Return the canonical form of a decoded schema; a plain one is written by the library, in a tenth of the time.

    Its fractions are ``Fraction``, which the library does not write.

    Raises:
        InvalidSchemasError: See ``CanonicalJson.of``.
    """
    try:
        written = _ENCODER.encode(schema)
    except TypeError:  # there are fractions, whose spelling differs
        return CanonicalJson.of(schema)
    if b"\\u0000" in written or not _is_shallow(written, schema) or not _sorts_alike(written):
        return CanonicalJson.of(schema)
    return CanonicalJson(written.decode(), sent=schema)


def _is_shallow(written: bytes, schema: JsonObject) -> bool:
    # Few containers cannot nest deep.
    return written.count(b"{") + written.count(b"[") <= MAX_DEPTH or nests_within(schema, MAX_DEPTH)


def _sorts_alike(written: bytes) -> bool:
    """Tell whether names are sorted by UTF-16 code units too; only of characters beyond U+FFFF the order is another."""
    return written.isascii() or _BEYOND_FFFF.search(written) is None
