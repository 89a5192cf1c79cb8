"""Reading a JSON body strictly, so that no two parsers read it in two ways, from a client that may go away."""

import asyncio
import json
import math
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException

from application.scheduling import SMALL, run_in_thread_if_large
from domain.errors import RegistryError
from entrypoints.http.requests.disconnects import disconnected

MAX_DEPTH = 100
MAX_CONTAINERS = 1 << 17
"""Opening braces and brackets, those in strings too: what decoding costs follows their number more than the length."""
READ_SECONDS = 30
T = TypeVar("T")
_TOO_DEEP = f"the body nests deeper than {MAX_DEPTH} levels; flatten it"
_CONTAINERS = frozenset({dict, list})


class BadBodyError(RegistryError):
    """The body is not strict JSON in UTF-8."""

    code = "malformed_body"


class BodyTooLargeError(RegistryError):
    """The body exceeds the limit."""

    code = "body_too_large"


class UnsupportedMediaTypeError(RegistryError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"


class BodyTimeoutError(RegistryError):
    """The body came too slowly."""

    code = "body_timeout"


class ClientDisconnectedError(RegistryError):
    """The client disconnected before its request was complete or answered. No client reads this response."""

    code = "client_disconnected"


async def read_json(
    request: Request[Any, Any, Any],
    make: Callable[[object], T],
    *,
    limit: int,
    turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
) -> T:
    """Do as ``read_json_bytes``, for what needs the decoded body only."""
    return await read_json_bytes(request, lambda body, _: make(body), limit=limit, turn=turn)


async def read_json_bytes(
    request: Request[Any, Any, Any],
    make: Callable[[object, bytes], T],
    *,
    limit: int,
    turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
) -> T:
    """Return what is made of the decoded body; a large one is decoded, and made something of, in a thread.

    Args:
        request: The request.
        make: What to make of the body, decoded and as it was sent.
        limit: The most bytes.
        turn: Entered while a large body is decoded.

    Raises:
        UnsupportedMediaTypeError: ``Content-Type`` is not ``application/json`` in UTF-8, or the body is compressed.
        BodyTooLargeError: More than ``limit`` bytes.
        BadBodyError: Not UTF-8, not JSON, more than 131,072 objects and lists, nested deeper than 100 levels, or an
            object repeats a member.
        BodyTimeoutError: It did not arrive within 30 seconds.
        ClientDisconnectedError: The client went away.
        Exception: Whatever ``make`` and ``turn`` raise.
    """
    _require_json(request)
    try:
        async with asyncio.timeout(READ_SECONDS):
            raw = await _read(request, limit)
    except TimeoutError:
        raise BodyTimeoutError(f"the body did not arrive within {READ_SECONDS} seconds; send it again") from None
    async with turn() if len(raw) > SMALL else nullcontext():
        return await run_in_thread_if_large(len(raw), lambda: make(parse_json(raw), raw))


def parse_json(raw: bytes) -> object:
    """Decode strict JSON (RFC 8259, with the member names of every object unique).

    Raises:
        BadBodyError: See ``read_json``.
    """
    if not raw:
        raise BadBodyError("the body is empty; send a JSON object")
    if raw.count(b"{") + raw.count(b"[") > MAX_CONTAINERS:
        raise BadBodyError(f"the body has more than {MAX_CONTAINERS} braces and brackets; send smaller schemas")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadBodyError(f"the body is not UTF-8 (byte {error.start}); encode it as UTF-8") from None
    try:
        value = _DECODER.decode(raw)
        kept = count_members(value, MAX_DEPTH)
        if kept is None:
            raise BadBodyError(_TOO_DEEP)
        sent = list[tuple[str, object]]()
        json.loads(text, object_pairs_hook=sent.extend)
        if len(sent) != kept:  # of members with one name, the decoder keeps the last
            json.loads(text, object_pairs_hook=_unique)
    except RecursionError:
        raise BadBodyError(_TOO_DEEP) from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadBodyError(f"the body is not valid JSON: {error}") from None
    return value


def _require_json(request: Request[Any, Any, Any]) -> None:
    media_type, parameters = request.content_type
    charset = parameters.get("charset", "utf-8").strip('"').lower()
    if media_type.lower() != "application/json" or charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaTypeError("send the body as Content-Type: application/json, in UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaTypeError("send the body without Content-Encoding; compressed bodies are not accepted")


async def _read(request: Request[Any, Any, Any], limit: int) -> bytes:
    declared = request.headers.get("content-length", "")
    body = bytearray()
    too_large = BodyTooLargeError(f"the body exceeds {limit} bytes; send a smaller one")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise too_large
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise too_large
    except InternalServerException:  # how Litestar says that the client went away
        raise ClientDisconnectedError("the client disconnected before the body was complete") from None
    return bytes(body)


def _finite(number: str) -> float:
    """Read a float. The decoder's own parser takes fifty times as long for large exponents."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("number out of range")
    return value


_DECODER = msgspec.json.Decoder(float_hook=_finite)


def _unique(members: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            raise BadBodyError(f"the body repeats the member {name[:100]!r} in one object; send each once")
        seen.add(name)


def count_members(value: object, depth: int) -> int | None:
    """Return how many members all objects have together, or None if containers nest deeper.

    Goes level by level, so there is no stack to exhaust.
    """
    level: list[Any] = [[value]]
    members = 0
    for _ in range(depth + 1):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) in _CONTAINERS
        ]
        if not level:
            return members
        members += sum([len(container) for container in level if type(container) is dict])
    return None


async def cancel_on_disconnect(request: Request[Any, Any, Any], work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns, or cancel it when the client disconnects; its body must be read by then.

    Raises:
        ClientDisconnectedError: The client disconnected first.
    """
    # Without a time: it expires when the client disconnects, and ``expired`` tells that from any other cancellation.
    deadline = asyncio.timeout(None)
    watching = asyncio.create_task(_end_when_disconnected(deadline, request))
    try:
        async with deadline:
            return await work
    except TimeoutError:
        if not deadline.expired():
            raise
        raise ClientDisconnectedError("the client disconnected before the registration was complete") from None
    finally:
        watching.cancel()


async def _end_when_disconnected(deadline: asyncio.Timeout, request: Request[Any, Any, Any]) -> None:
    await disconnected(request.receive)
    deadline.reschedule(0)
