"""Files of the mirror: wheels, and their ``METADATA`` (PEP 658). A file never changes: its path has its digest."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import msgspec
import structlog
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response.base import ASGIResponse
from litestar.types import Message, Receive, Scope, Send

from application.errors import MirrorCorruptError, MirrorUnavailableError
from application.use_cases.mirror import MirroredFile, ReadMirror
from entrypoints.http.cache.representation import IMMUTABLE, Field, RawResponse
from entrypoints.http.middleware.protocol import WITHOUT_BODY
from entrypoints.http.problems import HTTP_CODES, MEDIA_TYPE, problem
from entrypoints.http.requests.disconnects import disconnected
from entrypoints.http.requests.ranges import ByteRange, UnsatisfiableRangeError, requested_range
from entrypoints.index_paths import FILES_PATH
from entrypoints.telemetry import Telemetry

_PATHSEND = "http.response.pathsend"
"""ASGI's extension by which the server reads and sends a file itself."""
_log = structlog.get_logger()


@get(f"{FILES_PATH}/{{sha256:str}}/{{filename:str}}", include_in_schema=False)
async def read_file(
    request: Request[Any, Any, Any],
    sha256: FromPath[str],
    filename: FromPath[str],
    read_mirror: NamedDependency[ReadMirror],
    telemetry: NamedDependency[SkipValidation[Telemetry]],
) -> ASGIResponse:
    """Serve a file, or one range of its bytes."""
    file = await read_mirror.find(sha256, filename)
    etag = f'"{file.sha256}"'
    common = [
        (b"etag", etag.encode()),
        (b"cache-control", IMMUTABLE.encode()),
        (b"accept-ranges", b"bytes"),
    ]
    if _has(request.headers.get("if-none-match", ""), etag):
        return RawResponse(HTTPStatus.NOT_MODIFIED, common)
    is_head = WITHOUT_BODY in request.scope
    try:
        chosen = None if is_head else _range(request, file, etag)
    except UnsatisfiableRangeError:
        return _unsatisfiable(request.scope, file)
    with _corruption_told(telemetry, file):
        location = None if is_head else await read_mirror.link(file)
    if location is not None:
        # Never for HEAD: a signature holds for one method. Never kept: the link is good for minutes.
        fields = [(b"location", location.encode()), (b"cache-control", b"no-store"), (b"content-length", b"0")]
        return RawResponse(HTTPStatus.TEMPORARY_REDIRECT, fields)
    start, end = (0, file.size) if chosen is None else (chosen.start, chosen.end)
    fields = [
        *common,
        (b"content-type", b"application/octet-stream"),
        (b"content-length", str(end - start).encode()),
        (b"content-disposition", f"attachment; filename*=UTF-8''{quote(filename)}".encode()),
    ]
    if chosen is not None:
        fields.append((b"content-range", f"bytes {start}-{end - 1}/{file.size}".encode()))
    if is_head:
        return RawResponse(HTTPStatus.OK, fields)
    with _corruption_told(telemetry, file):
        stored = await read_mirror.read(file, start=start, end=end)
    telemetry.observer.file_served(file.part.value, end - start)
    if chosen is not None:
        return _FileResponse(HTTPStatus.PARTIAL_CONTENT, fields, stored.chunks)
    return _FileResponse(HTTPStatus.OK, fields, stored.chunks, stored.path)


@contextmanager
def _corruption_told(telemetry: Telemetry, file: MirroredFile) -> Iterator[None]:
    try:
        yield
    except MirrorCorruptError:
        telemetry.observer.file_corrupt(file.part.value)
        raise


def _range(request: Request[Any, Any, Any], file: MirroredFile, etag: str) -> ByteRange | None:
    header, if_range = (request.headers.get(name, "") for name in ("range", "if-range"))
    return requested_range(header, if_range, size=file.size, etag=etag)


def _has(if_none_match: str, etag: str) -> bool:
    return any(tag.strip().removeprefix("W/") in {etag, "*"} for tag in if_none_match.split(","))


def _unsatisfiable(scope: Scope, file: MirroredFile) -> RawResponse:
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    detail = f"the file has {file.size} bytes; ask for some of these"
    body = msgspec.json.encode(problem(scope, status, HTTP_CODES[status], detail))
    fields = [
        (b"content-range", f"bytes */{file.size}".encode()),
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    return RawResponse(status, fields, body)


class _FileResponse(ASGIResponse):
    """Sends chunks as the client takes them, so memory holds one at a time; or has the server send a whole file."""

    __slots__ = ("_chunks", "_fields", "_path", "_status")

    def __init__(
        self, status: HTTPStatus, fields: list[Field], chunks: AsyncIterator[bytes], path: Path | None = None
    ) -> None:
        self._status = status
        self._fields = fields
        self._chunks = chunks
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response. Where the storage breaks off the response does, too: it is shorter than announced."""
        await send({"type": "http.response.start", "status": self._status, "headers": self._fields})
        if self._path is not None and _PATHSEND in (scope.get("extensions") or {}):
            await send(cast("Message", {"type": _PATHSEND, "path": str(self._path)}))
            return
        leaving = asyncio.create_task(disconnected(receive))
        try:
            async for chunk in self._chunks:
                if leaving.done():
                    return
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except MirrorUnavailableError:
            _log.warning("mirror_read_broken")
            return
        finally:
            leaving.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
