"""Answers to reads: with a validator, compressed where that helps, and short where the client has them already."""

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import msgspec
from litestar.response.base import ASGIResponse
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, HTTPScope, Receive, Scope, Send

from entrypoints.http.cache.rendering import RenderingPool

JSON = "application/json"
REVALIDATE = "no-cache"
"""For what any release or yank may change: keep it, and ask each time."""
BRIEFLY = "public, max-age=60"
"""For an exact version, of which only a yank ever changes anything."""
FOR_GOOD = "public, max-age=31536000, immutable"
"""For what belongs to a published version and never changes."""

Field = tuple[bytes, bytes]
"""A header field: name and value."""

_SMALLEST_COMPRESSED = 1400  # what fits into one packet gains nothing
_HUGE = 64 * 1024  # bytes whose digest and compression take longer than a thread switch
_LEVEL = 5
_OPAQUE_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_NO_GZIP = re.compile(r"\s*(?:gzip|\*)\s*;\s*q\s*=\s*0(?:\.0*)?\s*", re.IGNORECASE)
_GZIP = re.compile(r"\s*(?:gzip|\*)\s*(?:;.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Coded:
    """A document in one content coding, with all header fields.

    Attributes:
        common: Fields of an answer with or without the body.
        described: Further fields of an answer with the body.
    """

    tag: str
    common: Sequence[Field]
    described: Sequence[Field]
    body: bytes

    def answer(self, known: str) -> "Answer":
        """Return the body, or 304 where the validators that the client knows have this one."""
        if known and (known.strip() == "*" or self.tag in _OPAQUE_TAG.findall(known)):
            return Answer(304, self.common)
        return Answer(200, [*self.common, *self.described], self.body)


@dataclass(frozen=True)
class Document:
    """A representation, how long it may be kept, and what is computed from it once.

    Attributes:
        vary: Request headers that chose it, beside the one that chooses its coding.
        extra: Header fields that it is sent with.
    """

    body: bytes
    cache_control: str
    media_type: str = JSON
    vary: Sequence[str] = ()
    extra: Sequence[Field] = ()

    @classmethod
    def of(
        cls,
        view: object,
        cache_control: str,
        media_type: str = JSON,
        *,
        vary: Sequence[str] = (),
        extra: Sequence[Field] = (),
    ) -> "Document":
        """Encode a view as JSON."""
        return cls(msgspec.json.encode(view), cache_control, media_type, vary, extra)

    @property
    def is_large(self) -> bool:
        """Whether compression is worth its while."""
        return len(self.body) >= _SMALLEST_COMPRESSED

    @property
    def is_huge(self) -> bool:
        """Whether encoding it would hold up other requests."""
        return len(self.body) >= _HUGE

    def coded(self, scope: HTTPScope) -> _Coded:
        """Return the document in the content coding that a request accepts."""
        compress = self.is_large and _accepts_gzip(_field(scope, b"accept-encoding"))
        return self.gzipped if compress else self.plain

    @cached_property
    def plain(self) -> _Coded:
        """The document as it is."""
        return self._coded(self._digest, self.body)

    @cached_property
    def gzipped(self) -> _Coded:
        """The document, compressed; with a validator of its own, since a strong one promises the very bytes."""
        body = gzip.compress(self.body, _LEVEL, mtime=0)
        return self._coded(f"{self._digest}-gzip", body, (b"content-encoding", b"gzip"))

    @cached_property
    def _digest(self) -> str:
        return sha256(self.body).hexdigest()[:32]

    def _coded(self, tag: str, body: bytes, *coding: Field) -> _Coded:
        charset = "; charset=utf-8" if self.media_type.startswith("text/") else ""
        common = [
            (b"etag", f'"{tag}"'.encode()),
            (b"cache-control", self.cache_control.encode()),
            (b"vary", ", ".join((*self.vary, "Accept-Encoding")).encode()),
            *self.extra,
        ]
        described = [
            *coding,
            (b"content-type", f"{self.media_type}{charset}".encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        return _Coded(tag, common, described, body)


class Answer(ASGIResponse):
    """A response that is sent as it is; the framework's own spends more on headers than all else costs together."""

    __slots__ = ("_body", "_start")

    def __init__(self, status: int, headers: Sequence[Field], body: bytes = b"") -> None:
        """Take a status, all headers and the body."""
        self._start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": headers}
        self._body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": body, "more_body": False}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's signature
        """Send it."""
        await send(self._start)
        await send(self._body)


def answer(scope: HTTPScope, document: Document) -> Answer:
    """Return the document, or 304 if the client has it.

    Source: RFC 9110, sections 8.8.3 and 13.1.2.
    """
    return document.coded(scope).answer(_field(scope, b"if-none-match"))


async def answer_off_loop(scope: HTTPScope, document: Document, rendering: RenderingPool) -> Answer:
    """Return the same, with a huge document digested and compressed off the event loop.

    Raises:
        RenderingBusyError: The pool has no place left.
    """
    if document.is_huge:
        await rendering.run(document.coded, scope)
    return answer(scope, document)


def _field(scope: HTTPScope, name: bytes) -> str:
    # Raw: the framework's headers cost more than the answer.
    return ", ".join([value.decode("latin-1") for field, value in scope["headers"] if field == name])


def _accepts_gzip(accepted: str) -> bool:
    codings = accepted.split(",") if accepted else ()
    return any(_GZIP.fullmatch(coding) for coding in codings) and not any(map(_NO_GZIP.fullmatch, codings))
