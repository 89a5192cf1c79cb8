"""TCP and TLS on a bare socket, which cost far less per read than what the HTTP client brings.

Nothing is read ahead of who asks for it. The transports of event loops do so, and once they pause, what TLS holds
is lost when the host closes the connection.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self, TypeVar

import httpcore

from adapters.https.special_blocks import IPAddress

_Result = TypeVar("_Result")

_RECEIVED_BYTES = 256 * 1024


class Connected(httpcore.AsyncNetworkStream):
    """A TCP connection over which nothing goes until TLS is spoken on it."""

    def __init__(self, connected: socket.socket) -> None:
        """Own a connected socket that does not block."""
        self._socket = connected

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
            secured = Secured(self._socket, ssl_context, server_hostname)
            await secured.shake_hands()
        return secured

    async def aclose(self) -> None:
        """Hang up, whatever is spoken on it."""
        self._socket.close()


class Secured(httpcore.AsyncNetworkStream):
    """A TLS connection. One at a time may read or write."""

    def __init__(self, connected: socket.socket, tls: ssl.SSLContext, host: str | None) -> None:
        """Speak TLS on a socket."""
        self._socket = connected
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = tls.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def shake_hands(self) -> None:
        """Agree on keys, and check the certificate.

        Raises:
            OSError: The host broke off; ``ssl.SSLError`` if TLS failed.
        """
        try:
            await self._carry(self._tls.do_handshake)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            raise ConnectionAbortedError("the host broke off in the handshake") from None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - likewise
        """Return what is there, at least a byte, or nothing at the end, however the host ends it."""
        try:
            async with _within(timeout, httpcore.ReadTimeout, httpcore.ReadError):
                return await self._carry(lambda: self._tls.read(max_bytes))
        except httpcore.ReadError as error:
            if isinstance(error.__cause__, ssl.SSLZeroReturnError | ssl.SSLEOFError):
                return b""
            raise

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - likewise
        """Send."""
        async with _within(timeout, httpcore.WriteTimeout, httpcore.WriteError):
            await self._carry(lambda: self._tls.write(buffer))

    async def aclose(self) -> None:
        """Hang up, without waiting for the host to agree."""
        self._socket.close()

    async def _carry(self, step: Callable[[], _Result]) -> _Result:
        """Take a step of TLS, and carry bytes to and from the socket until it is done."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._flush()
                received = await loop.sock_recv(self._socket, _RECEIVED_BYTES)
                self._incoming.write(received) if received else self._incoming.write_eof()
            else:
                await self._flush()
                return result

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await asyncio.get_running_loop().sock_sendall(self._socket, self._outgoing.read())


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
