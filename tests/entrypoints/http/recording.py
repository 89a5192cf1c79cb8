"""A recording of exchanges with the application, in a form that is read and compared in diffs.

Left out are only values that differ between two runs of the same code:

- request ids that the registry makes up, where the request offers none;
- the body of ``/metrics``, which holds durations;
- the page at ``/schema``, for its size: its ``ETag`` is a digest of it;
- gzip's output, which differs between versions of zlib: the decompressed body is held in its place.
"""

import gzip
import json
import re
from typing import Any

from litestar.types import ASGIApp

from tests.entrypoints.http.asgi import Headers, Response, send

Exchange = dict[str, Any]
_MADE_UP = re.compile(r"\b[0-9a-f]{32}\b")
_LEFT_OUT = "<left out>"


class Recorder:
    """Sends requests to an application and records the exchanges.

    Attributes:
        tokens: By name, the tokens that requests send; the recording holds their names.
    """

    def __init__(self, app: ASGIApp, tokens: dict[str, str]) -> None:
        self.exchanges: list[Exchange] = []
        self.tokens = tokens
        self._app = app

    async def send(
        self, method: str, target: str, token: str = "", /, *, body: object = None, headers: Headers = ()
    ) -> Response:
        """Send a request. A body other than bytes is sent as JSON. Headers given here go before the usual ones."""
        content = _encoded(body)
        own = {name.lower() for name, _ in headers}
        usual = {"Host": "registry.example.com", "X-Request-ID": f"request-{len(self.exchanges) + 1}"}
        if content:
            usual |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        named = [*headers, *((name, value) for name, value in usual.items() if name.lower() not in own)]
        named = [(name, value) for name, value in named if value]
        shown = [*named, *([("Authorization", f"Bearer <{token}>")] if token else [])]
        sent = [*named, *([("Authorization", f"Bearer {self.tokens[token]}")] if token else [])]
        response = await send(self._app, method, target, sent, content)
        request = {"line": f"{method} {target}", "headers": dict(shown), "body": _readable(content)}
        self.exchanges.append({"request": request, "response": _held(response, target, dict(named))})
        return response

    async def get(self, target: str, token: str = "", /, **headers: str) -> Response:
        """Send a GET; names of headers have underscores here."""
        return await self.send("GET", target, token, headers=_dashed(headers))

    async def post(self, target: str, token: str, body: object, /, **headers: str) -> Response:
        """Send a POST."""
        return await self.send("POST", target, token, body=body, headers=_dashed(headers))


def _held(response: Response, target: str, sent: dict[str, str]) -> dict[str, Any]:
    fields, body = [list(field) for field in response.headers], response.body
    variable = set()
    if ["content-encoding", "gzip"] in fields:
        body = gzip.decompress(body) if body else body
        variable.add("content-length")
    if target.startswith("/metrics"):
        body = _LEFT_OUT.encode() if body.startswith(b"# HELP") else body
        variable.add("content-length")
    if target == "/schema":
        body = _LEFT_OUT.encode() if body else body
    if not sent.get("X-Request-ID", "").startswith("request-"):
        body = _MADE_UP.sub(_LEFT_OUT, body.decode()).encode()
        fields = [[name, _MADE_UP.sub(_LEFT_OUT, value) if name == "x-request-id" else value] for name, value in fields]
        variable.add("content-length") if b"request_id" not in body else None
    return {
        "status": response.status,
        "headers": [[name, _LEFT_OUT if name in variable else value] for name, value in fields],
        "body": _readable(body),
    }


def _encoded(body: object) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _readable(body: bytes) -> object:
    """Return JSON that a compact encoder writes byte for byte as data, other text as lines, and the rest as hex."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"hex": body.hex()}
    for separators in ((",", ":"), (", ", ": ")):
        for ascii_only in (False, True):
            try:
                decoded = json.loads(text)
            except ValueError:
                return text.splitlines(keepends=True)
            if "\\ud" not in text and json.dumps(decoded, separators=separators, ensure_ascii=ascii_only) == text:
                return {"json": decoded}
    return text.splitlines(keepends=True)


def _dashed(headers: dict[str, str]) -> Headers:
    return [(name.replace("_", "-"), value) for name, value in headers.items()]
