"""One request of a fetch: its URL, and the credential that it may carry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, unquote, urljoin

import httpx

from domain.errors import InvalidWheelUrlError, WheelProblem, WheelRefusedError
from domain.webhooks.receivers import ReceiverUrl
from domain.wheel.url import DEFAULT_PORT, WheelUrl, parse_authority

MAX_LENGTH = 8192
_HTTPS = "https://"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://)?", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_AUTHORITY_END = re.compile(r"[/?#]")
_SAFE_IN_TARGET = "%/:?@!$&'()*+,;=-._~[]"


@dataclass(frozen=True, slots=True)
class FetchUrl:
    """An https URL, canonical and ready for the wire.

    Attributes:
        host: An IPv6 address has no brackets.
        target: Path and query in ASCII, exactly as sent (RFC 9112 section 3.2.1).
    """

    host: str
    port: int
    target: str

    @classmethod
    def of(cls, url: WheelUrl | ReceiverUrl) -> Self:
        """Split a URL."""
        return cls._split(url.text)

    @property
    def authority(self) -> str:
        """The ``Host`` header's value."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORT else f"{host}:{self.port}"

    @property
    def origin(self) -> httpx.URL:
        """Scheme, host and port. httpx would normalise the path, so the target travels beside it."""
        return httpx.URL(scheme="https", host=self.host, port=self.port)

    def redirected(self, location: str) -> Self:
        """Return the URL that a ``Location`` points to.

        Unlike a registered URL it may have a query and any path: registries redirect to presigned storage.

        Raises:
            WheelRefusedError: It is not https, has user info, or its host is invalid.
        """
        try:
            return self._split(self._absolute(location))
        except ValueError as error:  # urllib's own; InvalidWheelUrlError is one too
            detail = error.detail if isinstance(error, InvalidWheelUrlError) else "the URL cannot be read"
            raise WheelRefusedError(
                WheelProblem.REDIRECT_FORBIDDEN,
                f"the host {self.host} redirects to a place that is not followed: {detail}; "
                "register the address where the file itself is",
            ) from None

    def _absolute(self, location: str) -> str:
        if len(location) > MAX_LENGTH:
            raise InvalidWheelUrlError(f"the URL is longer than {MAX_LENGTH} characters")
        if not location.isascii() or _UNSAFE.search(location):
            raise InvalidWheelUrlError("the URL has characters that must be percent-encoded")
        if scheme := _SCHEME.match(location):
            if scheme[0].lower() != _HTTPS:
                raise InvalidWheelUrlError("the URL is not https://")
            return _HTTPS + location[scheme.end() :]
        if location.startswith("//"):
            return f"https:{location}"
        path = location if location.startswith("/") else urljoin(self.target, location)
        return f"{_HTTPS}{self.authority}{path}"

    @classmethod
    def _split(cls, url: str) -> Self:
        rest = url.removeprefix(_HTTPS)
        end = _AUTHORITY_END.search(rest)
        authority, path = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
        host, port = parse_authority(authority)
        path = quote(path.partition("#")[0], safe=_SAFE_IN_TARGET)
        return cls(host, port, path if path.startswith("/") else f"/{path}")


_DOT_SEGMENTS = frozenset({".", ".."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A header field that one host is sent, for wheels of some namespaces.

    Attributes:
        path: Canonical; begins and ends with a slash. The field is sent to paths below it.
        namespaces: Of the providers whose wheels it serves.
    """

    host: str
    port: int
    path: str
    namespaces: frozenset[str]
    field_name: str = field(repr=False)
    field_value: str = field(repr=False)

    def covers(self, url: FetchUrl) -> bool:
        """Tell whether a request for the URL may carry the field."""
        if (url.host, url.port) != (self.host, self.port):
            return False
        path = url.target.partition("?")[0]
        return self.path == "/" or (path.startswith(self.path) and not _may_leave_folder(path))


def credential_for(url: FetchUrl, credentials: Sequence[Credential]) -> Credential | None:
    """Return the one of the longest path that covers a URL."""
    return max((each for each in credentials if each.covers(url)), key=lambda each: len(each.path), default=None)


def _may_leave_folder(path: str) -> bool:
    """Tell whether a server could read a path as one in another folder, however often it decodes it."""
    while (decoded := unquote(path, errors="replace")) != path:
        path = decoded
    return any(segment.partition(";")[0] in _DOT_SEGMENTS for segment in path.replace("\\", "/").split("/"))
