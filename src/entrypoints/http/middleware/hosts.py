"""Refusing requests whose ``Host`` field is missing, repeated or malformed."""

import re
from http import HTTPStatus

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from entrypoints.http.cache.representation import RawResponse
from entrypoints.http.problems import MEDIA_TYPE, problem

_AUTHORITY = re.compile(rb"(?:[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_OLD_VERSIONS = frozenset({"1", "1.0"})
_SENTENCE = "send one Host header, with a host name or address and at most a port"


class HostMiddleware:
    """Answers 400 to a request without exactly one well-formed ``Host`` field. HTTP/1.0 may leave it out.

    Source: RFC 9112, section 3.2.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or _is_valid(scope):
            await self._app(scope, receive, send)
            return
        body = msgspec.json.encode(problem(scope, HTTPStatus.BAD_REQUEST, "bad_request", _SENTENCE))
        fields = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        await RawResponse(HTTPStatus.BAD_REQUEST, fields, body)(scope, receive, send)


def _is_valid(scope: HTTPScope) -> bool:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) == 1 and hosts[0]:
        return _AUTHORITY.fullmatch(hosts[0]) is not None
    return not any(hosts) and len(hosts) < 2 and scope["http_version"] in _OLD_VERSIONS  # granian adds an empty one
