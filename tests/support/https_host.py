"""A real HTTPS host that answers as scripted, byte by byte, however wrong that is."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from tests.support.waiting import WAIT_SECONDS

Reply = Callable[["Exchange"], Awaitable[None]]


@dataclass
class Exchange:
    """One request, and the wire to answer it on, which is closed then unless it ``stays`` for another one."""

    head: bytes
    target: str
    fields: dict[str, str]
    _writer: asyncio.StreamWriter
    body: bytes = b""
    stays: bool = False

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def hang(self) -> None:
        """Say nothing more, until the host is closed."""
        await asyncio.Event().wait()

    def is_abandoned(self) -> bool:
        """Tell whether the client has closed the connection."""
        return self._writer.transport.is_closing()

    def reset(self) -> None:
        """Break the connection without a closing handshake, whatever is still under way."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


@dataclass
class HttpsHost:
    """What the host was asked, and what it answers: the replies of a path in turn, the last one again and again."""

    port: int = 0
    requests: list[Exchange] = field(default_factory=list)
    server_names: list[str | None] = field(default_factory=list)
    connections: int = 0
    _left: asyncio.Event = field(default_factory=asyncio.Event)
    _replies: dict[str, list[Reply]] = field(default_factory=dict)

    def script(self, target: str, *replies: Reply) -> None:
        self._replies[target] = list(replies)

    def url(self, target: str, host: str = "127.0.0.1") -> str:
        return f"https://{host}:{self.port}{target}"

    async def wait_until_left(self) -> None:
        """Wait until a client hangs up between two requests."""
        async with asyncio.timeout(WAIT_SECONDS):
            await self._left.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while (exchange := await self._asked(reader, writer)) is not None:
                self.requests.append(exchange)
                replies = self._replies.get(exchange.target) or [status(404)]
                await (replies.pop(0) if len(replies) > 1 else replies[0])(exchange)
                if not exchange.stays:
                    break
        writer.close()

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(_fields(head).get("content-length", "0")))
        except (asyncio.IncompleteReadError, ConnectionError):
            self._left.set()
            return None
        target = head.decode("latin-1").split(" ")[1]
        return Exchange(head, target, _fields(head), writer, body)


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")
    return dict(line.lower().split(": ", 1) for line in lines[1:] if line)


@contextlib.asynccontextmanager
async def https_host(tls: ssl.SSLContext, address: str = "127.0.0.1") -> AsyncIterator[HttpsHost]:
    """Run a host on a port of its own; leaving ends every connection."""
    host = HttpsHost()
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            await host.serve(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            serving.discard(task)

    tls.sni_callback = lambda _connection, name, _context: host.server_names.append(name)
    server = await asyncio.start_server(serve, address, 0, ssl=tls)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
        for task in tuple(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await server.wait_closed()


def raw(*parts: bytes, hold: bool = False) -> Reply:
    """Send bytes as they are, then close, or hold the line."""

    async def reply(exchange: Exchange) -> None:
        for part in parts:
            await exchange.send(part)
        if hold:
            await exchange.hang()

    return reply


def status(code: int, *fields: str, body: bytes = b"") -> Reply:
    """Answer with a status, extra header fields, and a body with its right length."""
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {code} Scripted", f"Content-Length: {len(body)}", *fields))
    return raw(head.encode("latin-1") + b"\r\n" + body)


def staying(reply: Reply) -> Reply:
    """Reply, and wait for another request on the same connection."""

    async def stay(exchange: Exchange) -> None:
        exchange.stays = True
        await reply(exchange)

    return stay


def file(data: bytes) -> Reply:
    return status(200, body=data)


def redirect(location: str, code: int = 302) -> Reply:
    return status(code, f"Location: {location}")


def chunked(data: bytes, *, size: int = 1000) -> Reply:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body + b"0\r\n\r\n")


def endless(head: bytes, part: bytes, *, pause: float = 0.0) -> Reply:
    """Send a head, and then the same part until nobody listens."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(head)
        while True:
            await exchange.send(part)
            await asyncio.sleep(pause)

    return reply


async def reset(exchange: Exchange) -> None:
    exchange.reset()


async def hang(exchange: Exchange) -> None:
    await exchange.hang()
