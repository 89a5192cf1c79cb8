"""Bytes that the kernel does not take at once."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from adapters.https.streams import TlsStream
from tests.support.certificates import CertificateAuthority

SENT = bytes(range(256)) * 4000


async def _write_what_is_read_later() -> bytes:
    authority = CertificateAuthority()
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    stream = TlsStream(ours, authority.client_context(), "127.0.0.1")
    reading = asyncio.create_task(asyncio.to_thread(_read_all, theirs, authority.server_context("127.0.0.1")))
    await stream.shake_hands()
    await stream.write(SENT)
    received = await reading
    stream.close()  # not earlier: closing resets the connection, since this side never reads the session tickets
    return received


def _read_all(connection: socket.socket, tls: ssl.SSLContext) -> bytes:
    received = bytearray()
    with tls.wrap_socket(connection, server_side=True) as reader:
        while len(received) < len(SENT):
            received += reader.recv(65536)
    return bytes(received)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_more_than_the_kernel_takes_at_once_is_sent_all_the_same(
    run: Callable[[Coroutine[Any, Any, bytes]], bytes],
) -> None:
    assert run(_write_what_is_read_later()) == SENT
