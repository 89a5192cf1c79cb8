"""HTTP/1.1 over one TLS connection.

llhttp parses responses in its strict mode, within bounds that it does not have itself.
"""

import asyncio
import select
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Self

import anyio
import httpx
from anyio.abc import ByteStream
from anyio.streams.tls import TLSStream
from httptools import HttpParserError, HttpResponseParser

from adapters.https.special_purpose_ranges import IPAddress

_RECEIVE_BYTES = 256 * 1024


class TcpStream(ByteStream):
    """A socket as an anyio stream.

    anyio's own stream hides what it has read ahead, waits for its close, and opens in a cancel scope, which may swallow
    a cancellation by asyncio. This one leaves unread bytes to the kernel and closes at once.

    Attributes:
        socket: Connected and non-blocking.
        is_paused: Makes reading raise ``anyio.WouldBlock``.
    """

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.is_paused = False

    @classmethod
    async def connect(cls, address: IPAddress, port: int) -> Self:
        """Connect to an address.

        Raises:
            OSError: Nothing answers there.
        """
        connecting = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        connecting.settimeout(0)
        try:
            await asyncio.get_running_loop().sock_connect(connecting, (str(address), port))
        except BaseException:
            connecting.close()
            raise
        return cls(connecting)

    async def receive(self, max_bytes: int = _RECEIVE_BYTES) -> bytes:
        if self.is_paused:
            raise anyio.WouldBlock
        if data := await asyncio.get_running_loop().sock_recv(self.socket, max_bytes):
            return data
        raise anyio.EndOfStream

    async def send(self, item: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.socket, item)

    async def send_eof(self) -> None:
        """Close the direction to the host."""
        self.socket.shutdown(socket.SHUT_WR)

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def has_unread_data(self) -> bool:
        """Tell whether the kernel holds bytes, or the end of the connection."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        return bool(poll.poll(0))


FRAMING_BYTES = 16 * 1024
"""Maximum bytes of headers, interim responses, chunk framing and trailers in a row; exceeded by one read at most."""
_VERSIONS = frozenset({"1.0", "1.1"})
_FOREIGN = frozenset({*range(HTTPStatus.CONTINUE), HTTPStatus.SWITCHING_PROTOCOLS})


class ProtocolError(Exception):
    """The response is not HTTP/1.1, is truncated, or exceeds a bound. Its text says why, without quoting the host."""


class ResponseParser:
    """Parses one response incrementally. llhttp calls the methods ``on_…``.

    Attributes:
        status: Of the final response; None until its head is complete.
        fields: The header fields, with names in lower case; no trailers.
        is_complete: Whether the whole response was parsed.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.fields: list[tuple[bytes, bytes]] = []
        self.is_complete = False
        self._parser = HttpResponseParser(self)
        self._body: list[bytes] = []
        self._framing = 0
        self._may_another_follow = False

    @property
    def may_another_follow(self) -> bool:
        """Whether the connection stays usable: the host keeps it alive and sent nothing after this response."""
        return self.is_complete and self._may_another_follow

    def feed(self, data: bytes) -> None:
        """Parse the next bytes; ``b""`` is the end of the connection.

        Raises:
            ProtocolError: See there.
        """
        if not data:
            raise ProtocolError("it has no end")
        self._framing += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._may_another_follow = False
            if not self.is_complete:  # bytes after a response do not change it
                raise ProtocolError(_reason(error)) from None
        if self._framing > FRAMING_BYTES:
            raise ProtocolError(f"more than {FRAMING_BYTES} bytes come without one of the file")

    def take(self) -> bytes:
        """Return the bytes of the body that were parsed since the last call."""
        taken = b"".join(self._body)
        self._body.clear()
        return taken

    def on_message_begin(self) -> None:
        """Stop at a second response, which no request asked for."""
        if self.is_complete:
            raise ProtocolError("another answer follows")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header field, and drop a trailer."""
        if self.status is None:
            self.fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Drop interim responses (RFC 9110 section 15.2)."""
        status = self._parser.get_status_code()
        if status in _FOREIGN or self._parser.get_http_version() not in _VERSIONS:
            raise ProtocolError("it is of another protocol than HTTP/1.1")
        if status < HTTPStatus.OK:
            self.fields.clear()
            return
        self.status = status
        self._may_another_follow = self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        """Collect a piece of the body."""
        self._framing = 0
        self._body.append(piece)

    def on_message_complete(self) -> None:
        """Note the end, unless it is that of an interim response."""
        self.is_complete = self.status is not None


def _reason(error: HttpParserError) -> str:
    """Return our own reason if a callback raised it, else llhttp's."""
    return str(error.__context__ if isinstance(error.__context__, ProtocolError) else error)


_READS_PER_TURN = 4
"""Reads before other tasks get a turn: one chunk from the kernel may hold thousands of tiny TLS records."""


class Connection:
    """One request at a time. Raises httpx exceptions.

    Attributes:
        address: The host's.
        tcp: What TLS runs on.
    """

    def __init__(self, tls: TLSStream, tcp: TcpStream, address: IPAddress) -> None:
        self.address = address
        self.tcp = tcp
        self._tls = tls
        self._parser = ResponseParser()
        self._is_consumed = False
        self._read_timeout: float | None = None
        self._reads = 0

    async def send(self, request: httpx.Request) -> None:
        """Send a request, whose content is at hand, and read the head of its response.

        Raises:
            httpx.ReadTimeout: The host sent nothing for the request's read timeout.
            httpx.NetworkError: The connection broke.
            httpx.RemoteProtocolError: The response is not HTTP/1.1 or exceeds a bound.
        """
        self._parser = ResponseParser()
        self._is_consumed = False
        self._read_timeout = request.extensions.get("timeout", {}).get("read")
        try:
            await self._tls.send(_head(request) + request.content)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as error:
            raise httpx.WriteError("the connection broke") from error
        while self._parser.status is None:
            await self._receive()

    def response(self, release: Callable[[], Awaitable[None]]) -> httpx.Response:
        """Return the response whose head was read; closing it calls ``release``."""
        return httpx.Response(
            self._parser.status or 0, headers=self._parser.fields, stream=_ResponseStream(self, release)
        )

    async def read(self) -> bytes | None:
        """Return the next bytes of the body, or None at its end."""
        while not (body := self._parser.take()):
            if self._parser.is_complete:
                self._is_consumed = True
                return None
            await self._receive()
        return body

    async def is_reusable(self) -> bool:
        """Tell whether the last response was read to its end and the host keeps the connection open, silently."""
        return self._is_consumed and self._parser.may_another_follow and not await self._has_buffered_data()

    def close(self) -> None:
        """Close without waiting for the host to agree."""
        self.tcp.close()

    async def _has_buffered_data(self) -> bool:
        """Tell whether TLS holds bytes, or the end, that were received and not read."""
        self.tcp.is_paused = True
        try:
            await self._tls.receive(1)
        except anyio.WouldBlock:
            return False
        except (anyio.EndOfStream, anyio.BrokenResourceError, OSError):
            return True
        finally:
            self.tcp.is_paused = False
        return True

    async def _receive(self) -> None:
        self._reads += 1
        if self._reads % _READS_PER_TURN == 0:
            await asyncio.sleep(0)
        try:
            async with asyncio.timeout(self._read_timeout):
                data = await self._tls.receive(FRAMING_BYTES)
        except TimeoutError as error:
            raise httpx.ReadTimeout("the host sent nothing in time") from error
        except anyio.EndOfStream:
            data = b""
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as error:
            raise httpx.ReadError("the connection broke") from error
        try:
            self._parser.feed(data)
        except ProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error


class _ResponseStream(httpx.AsyncByteStream):
    """No generator: an abandoned one would be finalised later, in a task of its own."""

    def __init__(self, connection: Connection, release: Callable[[], Awaitable[None]]) -> None:
        self._connection = connection
        self._release = release

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if (body := await self._connection.read()) is None:
            raise StopAsyncIteration
        return body

    async def aclose(self) -> None:
        await self._release()


def _head(request: httpx.Request) -> bytes:
    target = request.extensions.get("target", request.url.raw_path)
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), target)]
    lines += [b"%s: %s" % field for field in request.headers.raw]
    return b"\r\n".join([*lines, b"\r\n"])
