"""A wheel host that stops half-way until told to go on, for tests that do not run in an event loop."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal

from tests.builders import a_wheel
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import Exchange, HttpsHost, Reply, file, https_host
from tests.support.stack import DISTRIBUTION, Stack
from tests.support.waiting import WAIT_SECONDS

_POLL_SECONDS = 0.02
_PART = bytes(100_000)


@dataclass(frozen=True)
class Gate:
    """A place to stop at. ``reached`` is set by who arrives there, and ``opened`` lets everybody go on.

    ``left`` is set when the client has gone away instead.
    """

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def wait_until_reached(self) -> None:
        assert self.reached.wait(WAIT_SECONDS), "nobody came"

    def wait_until_left(self) -> None:
        assert self.left.wait(WAIT_SECONDS), "whoever came is still there"


@dataclass(frozen=True)
class SlowHost:
    """The host, and the settings of a server that trusts it."""

    scripted: HttpsHost
    settings: Mapping[str, str]
    _stack: Stack

    def upload(self, version: str = "1.0.0", *, files: Mapping[str, bytes] | None = None) -> dict[str, Any]:
        """Return the body that registers a wheel."""
        data = a_wheel(DISTRIBUTION, version, files=files)
        return self.offer(data, file(data), version)

    def upload_slowly(
        self, version: str = "1.0.0", *, files: Mapping[str, bytes] | None = None
    ) -> tuple[dict[str, Any], Gate]:
        """Return the body that registers a wheel, and the gate in the middle of the wheel."""
        data, gate = a_wheel(DISTRIBUTION, version, files=files), Gate()
        return self.offer(data, halved(data, gate), version), gate

    def upload_without_end(self, version: str = "1.0.0") -> tuple[dict[str, Any], Gate]:
        """Return the body that registers a wheel of which more and more arrives, and the gate at its beginning."""
        gate = Gate()
        return self.offer(b"", without_end(gate), version), gate

    def offer(self, data: bytes, reply: Reply, version: str = "1.0.0") -> dict[str, Any]:
        """Return the body that announces some bytes, which the host answers as it likes."""
        target = f"/{DISTRIBUTION}-{version}-py3-none-any.whl"
        self.scripted.script(target, reply)
        sha256 = hashlib.sha256(data).hexdigest()
        return {**self._stack.upload(version), "wheel_url": self.scripted.url(target), "sha256": sha256}


@contextmanager
def a_slow_host(stack: Stack, folder: Path) -> Iterator[SlowHost]:
    """Run a host in a thread of its own."""
    authority = CertificateAuthority()
    bundle = authority.write_to(folder / "slow-host-ca.pem")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(https_host(authority.server_context("127.0.0.1"))) as host,
    ):
        yield SlowHost(host, {"REGISTRY_WHEEL_CA_BUNDLE": str(bundle)}, stack)


def halved(data: bytes, gate: Gate) -> Reply:
    """Send one half, and the other one when the gate is open."""
    half = len(data) // 2

    async def reply(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data[:half])
        gate.reached.set()
        while not gate.opened.is_set():
            if exchange.is_abandoned():
                gate.left.set()
                return
            await asyncio.sleep(_POLL_SECONDS)
        await exchange.send(data[half:])

    return reply


def without_end(gate: Gate) -> Reply:
    """Send more and more, fast enough for every limit but the deadline."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\n")
        gate.reached.set()
        try:
            while not exchange.is_abandoned():
                await exchange.send(_PART)
                await asyncio.sleep(_POLL_SECONDS)
        finally:
            gate.left.set()

    return reply


def trickling(gate: Gate) -> Reply:
    """Send little by little, and hang up when the gate is open."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n")
        while not gate.opened.is_set() and not exchange.is_abandoned():
            await exchange.send(bytes(100))
            await asyncio.sleep(10 * _POLL_SECONDS)

    return reply
