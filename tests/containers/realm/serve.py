"""Runs inside a container: the fake of Clerk on port 8443 and wheels on 8444, over TLS and for other containers."""

import asyncio
import contextlib
import os
import ssl
import threading
from functools import partial
from pathlib import Path

import entrypoints

FOLDER = Path(__file__).parent
entrypoints.__path__.append(str(FOLDER / "entrypoints"))  # the image has no development mode

from entrypoints.development.clerk.fake_clerk import FakeClerk  # noqa: E402
from entrypoints.development.file_server import FileHandler, TlsFileServer  # noqa: E402


def main() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(FOLDER / "host.pem")
    with FakeClerk() as clerk:
        clerk._realm.issuer = os.environ["REALM_ISSUER"]
        registry = clerk.add_machine(machine_id=os.environ["REALM_REGISTRY_MACHINE"])
        release = clerk.add_machine(scopes=[registry.id], machine_id=os.environ["REALM_RELEASE_MACHINE"])
        clerk._realm._machines |= {
            os.environ["REALM_REGISTRY_SECRET"]: registry,
            os.environ["REALM_RELEASE_SECRET"]: release,
        }
        wheels = TlsFileServer(("0.0.0.0", 8444), partial(FileHandler, directory=FOLDER / "wheels"), tls)
        threading.Thread(target=wheels.serve_forever, daemon=True).start()
        asyncio.run(_terminate_tls(tls, int(clerk.url.rpartition(":")[2])))


async def _terminate_tls(tls: ssl.SSLContext, port: int) -> None:
    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pipe(reader, inner_writer), _pipe(inner_reader, writer))

    async with await asyncio.start_server(relay, "0.0.0.0", 8443, ssl=tls) as server:
        await server.serve_forever()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    main()
