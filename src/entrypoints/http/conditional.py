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
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

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
    def of(cls, view: object, media_type: str = JSON) -> "Document":
        """Encode a view as JSON."""
        return cls(msgspec.json.encode(view), media_type)

    @cached_property
    def tag(self) -> str:
        """Tells these bytes from all others."""
        return sha256(self.body).hexdigest()[:32]

    @cached_property
    def gzipped(self) -> bytes:
        """The body, compressed."""
        return gzip.compress(self.body, _LEVEL, mtime=0)

    @cached_property
    def content_type(self) -> bytes:
        """The media type as it is sent."""
        charset = "; charset=utf-8" if self.media_type.startswith("text/") else ""
        return f"{self.media_type}{charset}".encode()

    @property
    def is_large(self) -> bool:
        """Whether compression is worth its while."""
        return len(self.body) >= _SMALLEST_COMPRESSED


class Answer(ASGIResponse):
    """A response that is sent as it is; the framework's own spends more on headers than all else costs together."""

    __slots__ = ("_body", "_start")

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        """Take a status, all headers and the body."""
        self._start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": headers}
        self._body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": body, "more_body": False}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's signature
        """Send it."""
        await send(self._start)
        await send(self._body)


def answer(
    request: Request[Any, Any, Any],
    document: Document,
    cache_control: str,
    *,
    vary: Sequence[str] = (),
    extra: Sequence[tuple[bytes, bytes]] = (),
) -> ASGIResponse:
    """Return the document, or 304 if the client has it; ``extra`` headers come with both.

    Compressed bytes have a validator of their own, since a strong one promises the very bytes.

    Source: RFC 9110, sections 8.8.3 and 13.1.2.
    """
    compress = document.is_large and _accepts_gzip(request.headers.get("accept-encoding", ""))
    tag = f"{document.tag}-gzip" if compress else document.tag
    headers = [
        (b"etag", f'"{tag}"'.encode()),
        (b"cache-control", cache_control.encode()),
        (b"vary", ", ".join((*vary, "Accept-Encoding")).encode()),
        *extra,
    ]
    if _has(request, tag):
        return Answer(304, headers)
    if compress:
        headers.append((b"content-encoding", b"gzip"))
    body = document.gzipped if compress else document.body
    headers += ((b"content-type", document.content_type), (b"content-length", str(len(body)).encode()))
    return Answer(200, headers, body)


def _has(request: Request[Any, Any, Any], tag: str) -> bool:
    known = request.headers.get("if-none-match")
    return known is not None and (known.strip() == "*" or tag in _OPAQUE_TAG.findall(known))


def _accepts_gzip(accepted: str) -> bool:
    codings = accepted.split(",") if accepted else ()
    return any(_GZIP.fullmatch(coding) for coding in codings) and not any(map(_NO_GZIP.fullmatch, codings))
