"""The feed of changes: pages, and a stream of server-sent events."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from application.use_cases.read_log import Changes, ListChanges
from domain.errors import InvalidValueError, RegistryError
from domain.names import ProviderName
from entrypoints.http.cache.read_cache import conditional_read
from entrypoints.http.cache.representation import REVALIDATE, RawResponse, Representation
from entrypoints.http.middleware.protocol import WITHOUT_BODY
from entrypoints.http.openapi import responses
from entrypoints.http.requests.disconnects import disconnected
from entrypoints.http.requests.followers import Followers
from entrypoints.http.requests.invalid_requests import FieldError
from entrypoints.http.requests.parameters import BadQueryError, repeated_parameters, unknown_parameters
from entrypoints.presenters.changes import (
    CHANGES_EXAMPLE,
    STREAM_EXAMPLE,
    TYPES,
    changes_view,
    server_sent_cursor,
    server_sent_event,
)

_MOST = 2**53
MAX_CHANGES = 1000
MAX_WAIT = 50
_STREAM_PAGE = 100
_HEARTBEAT_SECONDS = 15.0
_LAST_WORDS = 1.0
"""Seconds for sending the end of a stream."""
_HEARTBEAT = b":\r\n"
"""A comment, without the empty line that would end an event."""
_EVENT_STREAM = "text/event-stream"
_TAGS = ["Transparency log"]

After = Annotated[int, QueryParameter(ge=0, le=_MOST, description="How many entries the client has read: `next`.")]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_CHANGES, description="At most so many.")]
Wait = Annotated[
    int, QueryParameter(ge=0, le=MAX_WAIT, description="Seconds to wait for a change where there is none yet.")
]
Types = Annotated[
    list[str] | None,
    QueryParameter(name="type", max_items=10, description=f"Only these: {', '.join(TYPES)}. Commas separate too."),
]
Provider = Annotated[str | None, QueryParameter(max_length=200, description="Only this one, as `platform/gcp`.")]


@get(
    "/changes",
    tags=_TAGS,
    summary="Read changes",
    description="All that became public or was yanked, in the order of the transparency log and without gaps. Begin "
    "with `after=0`, and continue with `next`. Each `event` is a CloudEvent. A cursor beyond the log is refused "
    "(409 `cursor_ahead`).",
    operation_id="readChanges",
    responses=responses.read("A page of changes.", CHANGES_EXAMPLE),
)
@conditional_read
async def read_changes(
    request: Request[Any, Any, Any],
    list_changes: NamedDependency[ListChanges],
    followers: NamedDependency[Followers],
    after: After = 0,
    limit: Limit = 100,
    wait: Wait = 0,
    types: Types = None,
    provider: Provider = None,
) -> Representation:
    """Read a page, and wait for one if the client says so."""
    read = _reading(
        request, list_changes, followers, types, provider, known=("after", "limit", "wait", "type", "provider")
    )
    page = await read(after, limit=limit)
    if wait and page.next == page.head and not page.items:
        with followers.place():
            page = await _next_page(page, partial(read, limit=limit), list_changes, followers, seconds=wait)
    return Representation.of(changes_view(page), REVALIDATE)


@get(
    "/changes/stream",
    tags=_TAGS,
    summary="Stream changes",
    description="The same as server-sent events: `id` is the cursor, `event` the type's short name, `data` the "
    "CloudEvent. `Last-Event-ID` goes before `after`. The stream ends within a minute; clients connect again by "
    "themselves, and miss nothing.",
    operation_id="streamChanges",
    responses={200: responses.response("The stream.", STREAM_EXAMPLE, media_type=_EVENT_STREAM)},
)
async def stream_changes(
    request: Request[Any, Any, Any],
    list_changes: NamedDependency[ListChanges],
    followers: NamedDependency[Followers],
    after: After = 0,
    types: Types = None,
    provider: Provider = None,
) -> ASGIResponse:
    """Stream changes for a while."""
    read = _reading(request, list_changes, followers, types, provider, known=("after", "type", "provider"))
    first = await read(_last_event_id(request, after), limit=_STREAM_PAGE)
    if WITHOUT_BODY in request.scope:
        return RawResponse(HTTPStatus.OK, _STREAM_FIELDS)
    return _ChangeStream(_Stream(first, partial(read, limit=_STREAM_PAGE), list_changes, followers))


_STREAM_FIELDS = [
    (b"content-type", _EVENT_STREAM.encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
Read = Callable[..., Awaitable[Changes]]
"""Reads a page from a cursor on."""


@dataclass(frozen=True, slots=True)
class _Stream:
    first: Changes
    read: Read
    list_changes: ListChanges
    followers: Followers


class _ChangeStream(ASGIResponse):
    """Sends pages of changes as they come, and heartbeats, until its time is over or the client has left."""

    __slots__ = ("_stream",)

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's signature
        """Send the response."""
        with self._stream.followers.place():
            await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": _STREAM_FIELDS})
            sending = asyncio.create_task(self._send(send))
            leaving = asyncio.create_task(disconnected(receive))
            try:
                # A client that does not read holds up the sending, its end included.
                longest = self._stream.followers.seconds + _LAST_WORDS
                done, _ = await asyncio.wait([sending, leaving], timeout=longest, return_when=asyncio.FIRST_COMPLETED)
            finally:
                leaving.cancel()
                sending.cancel()
                await asyncio.gather(sending, leaving, return_exceptions=True)
            if sending in done:
                sending.result()  # raises what the sender did not expect

    async def _send(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._stream.followers.seconds
        page = self._stream.first
        text = b"retry: 5000\r\n\r\n" + _as_events(page)
        try:
            while True:
                await send({"type": "http.response.body", "body": text, "more_body": True})
                if loop.time() >= end:
                    break
                seconds = min(_HEARTBEAT_SECONDS, end - loop.time())
                if page.next < page.head or await self._has_grown(page.head, seconds):
                    page = await self._stream.read(page.next)
                    text = _as_events(page)
                else:
                    text = _HEARTBEAT
        except RegistryError:
            pass  # out of reach, or the log went back: the client connects again, and goes on where it was
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _has_grown(self, head: int, seconds: float) -> bool:
        return await self._stream.followers.wait_beyond(head, self._stream.list_changes.head, seconds=seconds)


def _as_events(page: Changes) -> bytes:
    text = b"".join(map(server_sent_event, page.items))
    last = page.items[-1].index + 1 if page.items else None
    return text if page.next in {last, 0} else text + server_sent_cursor(page.next)


async def _next_page(
    page: Changes, read: Read, changes: ListChanges, followers: Followers, *, seconds: float
) -> Changes:
    """Wait for a page with changes; return one without, if the time is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + min(seconds, followers.seconds)
    while not page.items and await followers.wait_beyond(page.next, changes.head, seconds=end - loop.time()):
        page = await read(page.next)
    return page


def _reading(
    request: Request[Any, Any, Any],
    list_changes: ListChanges,
    followers: Followers,
    types: Sequence[str] | None,
    provider: str | None,
    *,
    known: Sequence[str],
) -> Read:
    """Return what reads the changes that a query describes.

    Raises:
        BadQueryError: The query is not one.
    """
    single = [name for name in known if name != "type"]
    errors = [*unknown_parameters(request, known), *repeated_parameters(request, single)]
    wanted = [each.strip() for written in types or () for each in written.split(",") if each.strip()]
    if not set(wanted) <= set(TYPES):
        errors.append(FieldError(("query", "type"), f"send some of {', '.join(TYPES)}", "invalid"))
    try:
        name = None if provider is None else ProviderName.parse(provider)
    except InvalidValueError as error:
        errors.append(FieldError(("query", "provider"), error.detail, "invalid"))
    if errors:
        raise BadQueryError(errors)
    chosen = [TYPES[each] for each in dict.fromkeys(wanted)]

    async def read(after: int, *, limit: int) -> Changes:
        async with followers.turn:
            return await list_changes.execute(after, limit=limit, types=chosen, provider=name)

    return read


def _last_event_id(request: Request[Any, Any, Any], after: int) -> int:
    """Return the cursor of a client that connects again, which goes before that of its URL."""
    sent = request.headers.get("last-event-id", "").strip()
    if not sent:
        return after
    if not (sent.isascii() and sent.isdigit()) or len(sent) > 16 or int(sent) > _MOST:
        raise BadQueryError(
            [FieldError(("header", "Last-Event-ID"), "send the id of an event of this stream", "invalid")]
        )
    return int(sent)
