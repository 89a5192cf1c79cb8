"""TCP and TLS by asyncio's own means, which cost far less per read than what the HTTP client brings."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

import httpcore

from adapters.https.special_blocks import IPAddress

_BUFFER_BYTES = 256 * 1024  # twice as much may arrive ahead of what is read


class Connected(httpcore.AsyncNetworkStream):
    """A TCP connection over which nothing goes until TLS is spoken on it."""

    def __init__(self, connected: socket.socket) -> None:
        """Own a connected socket."""
        self._socket = connected
        self._secured: Secured | None = None

    @classmethod
    async def to(cls, address: IPAddress, port: int, seconds: float | None) -> Self:
        """Connect.

        Raises:
            httpcore.ConnectError: Nothing answers there.
            httpcore.ConnectTimeout: Not in time.
        """
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        connecting = socket.socket(family, socket.SOCK_STREAM)
        connecting.settimeout(0)  # asyncio waits
        try:
            async with _within(seconds, httpcore.ConnectTimeout, httpcore.ConnectError):
                await asyncio.get_running_loop().sock_connect(connecting, (str(address), port))
        except BaseException:
            connecting.close()
            raise
        return cls(connecting)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """Shake hands.

        Raises:
            httpcore.ConnectError: The host broke off, or, if the cause says so, TLS failed.
            httpcore.ConnectTimeout: It was too slow.
        """
        async with _within(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
            reader, writer = await asyncio.open_connection(
                sock=self._socket, ssl=ssl_context, server_hostname=server_hostname, limit=_BUFFER_BYTES
            )
        self._secured = Secured(reader, writer)
        return self._secured

    async def aclose(self) -> None:
        """Hang up."""
        if self._secured is not None:
            await self._secured.aclose()
        self._socket.close()


class Secured(httpcore.AsyncNetworkStream):
    """A TLS connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Own an open connection."""
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - likewise
        """Return what is there, at least a byte, or nothing at the end."""
        async with _within(timeout, httpcore.ReadTimeout, httpcore.ReadError):
            return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - likewise
        """Send."""
        async with _within(timeout, httpcore.WriteTimeout, httpcore.WriteError):
            self._writer.write(buffer)
            await self._writer.drain()

    async def aclose(self) -> None:
        """Hang up, without waiting for the host to agree."""
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()


@asynccontextmanager
async def _within(
    seconds: float | None, late: type[httpcore.TimeoutException], broken: type[httpcore.NetworkError]
) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:  # ssl.SSLError is one
        raise broken(str(error)) from error
