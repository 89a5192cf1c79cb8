"""TCP under anyio's TLS."""

import asyncio
import select
import socket
from typing import Self

import anyio
from anyio.abc import ByteStream

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
        """Return the next bytes."""
        if self.is_paused:
            raise anyio.WouldBlock
        if data := await asyncio.get_running_loop().sock_recv(self.socket, max_bytes):
            return data
        raise anyio.EndOfStream

    async def send(self, item: bytes) -> None:
        """Send bytes."""
        await asyncio.get_running_loop().sock_sendall(self.socket, item)

    async def send_eof(self) -> None:
        """Close the direction to the host."""
        self.socket.shutdown(socket.SHUT_WR)

    async def aclose(self) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()

    def has_unread_data(self) -> bool:
        """Tell whether the kernel holds bytes, or the end of the connection."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        return bool(poll.poll(0))
