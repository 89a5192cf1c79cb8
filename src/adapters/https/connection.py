"""HTTP/1.1 over one TLS connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
import httpx
from anyio.streams.tls import TLSStream

from adapters.https.response_parser import FRAMING_BYTES, ProtocolError, ResponseParser
from adapters.https.special_purpose_ranges import IPAddress
from adapters.https.tcp import TcpStream

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
        """Send a request without a body, and read the head of its response.

        Raises:
            httpx.ReadTimeout: The host sent nothing for the request's read timeout.
            httpx.NetworkError: The connection broke.
            httpx.RemoteProtocolError: The response is not HTTP/1.1 or exceeds a bound.
        """
        self._parser = ResponseParser()
        self._is_consumed = False
        self._read_timeout = request.extensions.get("timeout", {}).get("read")
        try:
            await self._tls.send(_head(request))
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
