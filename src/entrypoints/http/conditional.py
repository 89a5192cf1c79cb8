"""Answers to reads: with a validator, compressed where that helps, and short where the client has them already."""

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request
from litestar.response.base import ASGIResponse

JSON = "application/json"
REVALIDATE = "no-cache"
"""For what any release or yank may change: keep it, and ask each time."""
BRIEFLY = "public, max-age=60"
"""For an exact version, of which only a yank ever changes anything."""
FOR_GOOD = "public, max-age=31536000, immutable"
"""For what belongs to a published version and never changes."""

_SMALLEST_COMPRESSED = 1400  # what fits into one packet gains nothing
_LEVEL = 5
_OPAQUE_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_NO_GZIP = re.compile(r"\s*(?:gzip|\*)\s*;\s*q\s*=\s*0(?:\.0*)?\s*", re.IGNORECASE)
_GZIP = re.compile(r"\s*(?:gzip|\*)\s*(?:;.*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """A representation, and what is computed from it once."""

    body: bytes
    media_type: str = JSON

    @classmethod
    def of(cls, view: object) -> "Document":
        """Encode a view as JSON."""
        return cls(msgspec.json.encode(view))

    @cached_property
    def tag(self) -> str:
        """Tells these bytes from all others."""
        return sha256(self.body).hexdigest()[:32]

    @cached_property
    def gzipped(self) -> bytes:
        """The body, compressed."""
        return gzip.compress(self.body, _LEVEL, mtime=0)

    @property
    def is_large(self) -> bool:
        """Whether compression is worth its while."""
        return len(self.body) >= _SMALLEST_COMPRESSED


def answer(
    request: Request[Any, Any, Any], document: Document, cache_control: str, *, vary: Sequence[str] = ()
) -> ASGIResponse:
    """Return the document, or 304 if the client has it.

    Compressed bytes have a validator of their own, since a strong one promises the very bytes.

    Source: RFC 9110, sections 8.8.3 and 13.1.2.
    """
    compress = document.is_large and _accepts_gzip(request.headers.get("accept-encoding", ""))
    tag = f"{document.tag}-gzip" if compress else document.tag
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": cache_control,
        "Vary": ", ".join((*vary, "Accept-Encoding")),
    }
    if _has(request, tag):
        return ASGIResponse(status_code=304, headers=headers)
    if compress:
        headers["Content-Encoding"] = "gzip"
    return ASGIResponse(
        body=document.gzipped if compress else document.body, media_type=document.media_type, headers=headers
    )


def _has(request: Request[Any, Any, Any], tag: str) -> bool:
    known = request.headers.get("if-none-match")
    return known is not None and (known.strip() == "*" or tag in _OPAQUE_TAG.findall(known))


def _accepts_gzip(accepted: str) -> bool:
    codings = accepted.split(",")
    return any(_GZIP.fullmatch(coding) for coding in codings) and not any(map(_NO_GZIP.fullmatch, codings))
