"""Representations with a validator, compressed where that helps, and 304 where the client has them (RFC 9110)."""

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
"""Any release or yank may change it: caches revalidate it each time."""
SHORT_LIVED = "public, max-age=60"
"""An exact version, which only a yank changes."""
IMMUTABLE = "public, max-age=31536000, immutable"
"""Part of a published version, which never changes."""

Field = tuple[bytes, bytes]
"""A header field: name and value."""

_SMALLEST_COMPRESSED = 1400  # what fits into one packet gains nothing
_HUGE = 64 * 1024  # bytes whose digest and compression take longer than a thread switch
_LEVEL = 5
_OPAQUE_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_NO_GZIP = re.compile(r"\s*(?:gzip|\*)\s*;\s*q\s*=\s*0(?:\.0*)?\s*", re.IGNORECASE)
_GZIP = re.compile(r"\s*(?:gzip|\*)\s*(?:;.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EncodedRepresentation:
    """A representation in one content coding, with all header fields.

    Attributes:
        common: Fields of every response, 304 included.
        content: Further fields of a response with the body.
    """

    tag: str
    common: Sequence[Field]
    content: Sequence[Field]
    body: bytes

    def respond(self, if_none_match: str) -> "RawResponse":
        """Return the body, or 304 if the client has this entity tag."""
        if if_none_match and (if_none_match.strip() == "*" or self.tag in _OPAQUE_TAG.findall(if_none_match)):
            return RawResponse(304, self.common)
        return RawResponse(200, [*self.common, *self.content], self.body)


@dataclass(frozen=True)
class Representation:
    """A representation of a resource, how long caches may keep it, and its encodings, each computed once.

    Attributes:
        vary: Request header fields that selected it, beside ``Accept-Encoding``.
        extra: Further header fields of its responses.
        is_uncacheable: Whether it changes without a notification, so that the read cache may not store it.
        depends_on_host: Whether it has URLs under the request's ``Host``, so that the read cache may not store it.
    """

    body: bytes
    cache_control: str
    media_type: str = JSON
    vary: Sequence[str] = ()
    extra: Sequence[Field] = ()
    depends_on_host: bool = False
    is_uncacheable: bool = False

    @classmethod
    def of(
        cls,
        view: object,
        cache_control: str,
        media_type: str = JSON,
        *,
        vary: Sequence[str] = (),
        extra: Sequence[Field] = (),
        depends_on_host: bool = False,
    ) -> "Representation":
        return cls(msgspec.json.encode(view), cache_control, media_type, vary, extra, depends_on_host)

    @property
    def is_large(self) -> bool:
        """Whether it is compressed."""
        return len(self.body) >= _SMALLEST_COMPRESSED

    @property
    def is_huge(self) -> bool:
        """Whether encoding it would block the event loop for long."""
        return len(self.body) >= _HUGE

    def encoded_for(self, scope: HTTPScope) -> EncodedRepresentation:
        """Return it in the content coding that a request accepts."""
        compress = self.is_large and _accepts_gzip(_field(scope, b"accept-encoding"))
        return self.gzipped if compress else self.identity

    @cached_property
    def identity(self) -> EncodedRepresentation:
        """Without a content coding."""
        return self._encoded(self._digest, self.body)

    @cached_property
    def gzipped(self) -> EncodedRepresentation:
        """Compressed, with an entity tag of its own: a strong one identifies bytes."""
        body = gzip.compress(self.body, _LEVEL, mtime=0)
        return self._encoded(f"{self._digest}-gzip", body, (b"content-encoding", b"gzip"))

    @cached_property
    def _digest(self) -> str:
        return sha256(self.body).hexdigest()[:32]

    def _encoded(self, tag: str, body: bytes, *coding: Field) -> EncodedRepresentation:
        charset = "; charset=utf-8" if self.media_type.startswith("text/") else ""
        common = [
            (b"etag", f'"{tag}"'.encode()),
            (b"cache-control", self.cache_control.encode()),
            (b"vary", ", ".join((*self.vary, "Accept-Encoding")).encode()),
            *self.extra,
        ]
        content = [
            *coding,
            (b"content-type", f"{self.media_type}{charset}".encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        return EncodedRepresentation(tag, common, content, body)


class RawResponse(ASGIResponse):
    """A response of given bytes. Litestar's own takes longer than the rest of a cached read together."""

    __slots__ = ("_body", "_start")

    def __init__(self, status: int, headers: Sequence[Field], body: bytes = b"") -> None:
        self._start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": headers}
        self._body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": body, "more_body": False}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's signature
        await send(self._start)
        await send(self._body)


def conditional_response(scope: HTTPScope, representation: Representation) -> RawResponse:
    """Return the representation, or 304 if the client has it (RFC 9110, sections 8.8.3 and 13.1.2)."""
    return representation.encoded_for(scope).respond(_field(scope, b"if-none-match"))


async def respond(scope: HTTPScope, representation: Representation, rendering: RenderingPool) -> RawResponse:
    """Return the same response. A huge representation is digested and compressed off the event loop.

    Raises:
        RenderingBusyError: The pool is full.
    """
    if representation.is_huge:
        await rendering.run(representation.encoded_for, scope)
    return conditional_response(scope, representation)


def _field(scope: HTTPScope, name: bytes) -> str:
    # From the raw fields: the framework's headers cost more than the response.
    return ", ".join([value.decode("latin-1") for field, value in scope["headers"] if field == name])


def _accepts_gzip(accepted: str) -> bool:
    codings = accepted.split(",") if accepted else ()
    return any(_GZIP.fullmatch(coding) for coding in codings) and not any(map(_NO_GZIP.fullmatch, codings))
