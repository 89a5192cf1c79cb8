"""An HTTP proxy that opens tunnels, or answers as scripted."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.support.waiting import WAIT_SECONDS

_BYTES = 65_536
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass
class ScriptedProxy:
    """What the proxy was asked for.

    Attributes:
        target: Where every tunnel ends, whatever host was asked for.
        answer: Other answers than the default open no tunnel.
        passed: What went through tunnels towards the target.
    """

    target: tuple[str, int]
    port: int = 0
    answer: bytes = ESTABLISHED
    heads: list[str] = field(default_factory=list)
    passed: bytearray = field(default_factory=bytearray)
    _left: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("ascii"))
            writer.write(self.answer)
            await writer.drain()
            if self.answer == ESTABLISHED:
                target_reader, target_writer = await asyncio.open_connection(*self.target)
                await asyncio.gather(
                    self._pump(reader, target_writer, self.passed), self._pump(target_reader, writer, bytearray())
                )
            else:
                writer.write_eof()
                self.passed += await reader.read()
        self._left.set()
        writer.close()

    async def until_left(self) -> None:
        """Wait until a client that got another answer closes its connection."""
        await asyncio.wait_for(self._left.wait(), WAIT_SECONDS)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: bytearray) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_BYTES):
                seen += data
                writer.write(data)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def scripted_proxy(target: tuple[str, int]) -> AsyncIterator[ScriptedProxy]:
    """Run a proxy on a port of its own."""
    proxy = ScriptedProxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
