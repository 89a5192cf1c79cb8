"""TCP and TLS on a bare socket.

Nothing is read ahead of who asks for it, and one reading takes as many records as are there and wanted: what a reading
costs is paid once for all of them.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from adapters.https.arrivals import Arrivals
from adapters.https.special_blocks import IPAddress

_Result = TypeVar("_Result")

_RECEIVED_BYTES = 256 * 1024
_RECORD_BYTES = 16 * 1024


async def connect(address: IPAddress, port: int) -> socket.socket:
    """Return a socket that is connected and does not block.

    Raises:
        OSError: Nothing answers there.
    """
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    connecting = socket.socket(family, socket.SOCK_STREAM)
    connecting.settimeout(0)  # asyncio waits
    try:
        await asyncio.get_running_loop().sock_connect(connecting, (str(address), port))
    except BaseException:
        connecting.close()
        raise
    return connecting


class TlsStream:
    """A TLS connection. One at a time may read or write. Whatever fails on the way is an ``OSError``."""

    def __init__(self, connected: socket.socket, tls: ssl.SSLContext, host: str) -> None:
        """Speak TLS on a socket that does not block, and own it."""
        self._socket = connected
        self._arrivals = Arrivals(connected)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = tls.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def shake_hands(self) -> None:
        """Agree on keys, and check the certificate.

        Raises:
            ssl.SSLError: The host does not speak TLS, or nobody that is trusted vouches for it.
            OSError: The host broke off.
        """
        try:
            await self._carry(self._tls.do_handshake)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            raise ConnectionAbortedError("the host broke off in the handshake") from None

    async def read(self, most: int) -> bytes:
        """Return what is there, at least a byte and about ``most``, or nothing at the end, however the host ends it."""
        return await self._carry(lambda: self._decrypted(most))

    async def write(self, data: bytes) -> None:
        """Send."""
        await self._carry(lambda: self._tls.write(data))

    def is_quiet(self) -> bool:
        """Tell whether the host said nothing that was not read yet, a farewell included."""
        if not self._is_empty():
            return False
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Hang up, without waiting for the host to agree."""
        self._arrivals.stop()
        self._socket.close()

    def _is_empty(self) -> bool:
        return not (self._incoming.pending or self._tls.pending())

    def _decrypted(self, most: int) -> bytes:
        records: list[bytes] = []
        try:
            while record := self._tls.read(_RECORD_BYTES):
                records.append(record)
                if len(records) * _RECORD_BYTES >= most or self._is_empty():
                    break
        except ssl.SSLWantReadError:
            if not records:
                raise
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):  # comes again at the next reading
            pass
        return b"".join(records)

    async def _carry(self, step: Callable[[], _Result]) -> _Result:
        """Take a step of TLS, and carry bytes to and from the socket until it is done."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._receive()
            else:
                await self._flush()
                return result

    async def _receive(self) -> None:
        if self._take():
            await asyncio.sleep(0)  # nothing was waited for, and others want their turn
            return
        await self._arrivals.wait()
        while not self._take():
            await self._arrivals.wait()

    def _take(self) -> bool:
        try:
            received = self._socket.recv(_RECEIVED_BYTES)
        except BlockingIOError:
            return False
        self._incoming.write(received) if received else self._incoming.write_eof()
        return True

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._send(self._outgoing.read())

    async def _send(self, data: bytes) -> None:
        try:
            sent = self._socket.send(data)  # most often all of it
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            await asyncio.get_running_loop().sock_sendall(self._socket, data[sent:])
