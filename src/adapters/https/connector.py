"""Reaching wheel hosts: only judged addresses exist."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from adapters.https import streams
from adapters.https.addresses import AddressRules, parse_address
from adapters.https.racing import interleaved, race
from adapters.https.resolver import Resolver
from adapters.https.special_blocks import IPAddress
from adapters.https.streams import TlsStream
from adapters.https.targets import Target
from domain.wheel_urls import DEFAULT_PORT

MAX_ADDRESSES_TRIED = 16
ATTEMPT_DELAY = 0.25
"""Seconds before the next address is tried beside those that have not answered, as RFC 8305 section 8 recommends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """Opens connections.

    A name is resolved once, every answer is judged, and the connection goes to a judged address, so that a second
    answer of the name service changes nothing. TLS and ``Host`` keep the name as it was written.

    Attributes:
        rules: What judges.
        tls: Whom to trust.
        seconds: How long resolving may take, and connecting with TLS to one of the addresses.
        attempt_delay: Seconds before the next address is tried while the ones before it have not answered.
    """

    rules: AddressRules
    resolver: Resolver
    tls: ssl.SSLContext
    seconds: float
    attempt_delay: float = ATTEMPT_DELAY

    async def judged(self, host: str, port: int = DEFAULT_PORT) -> Sequence[IPAddress]:
        """Return the addresses of a host, to connect to at that port.

        Raises:
            WheelRefusedError: At least one of them may not be reached.
            OSError: The name does not resolve; ``TimeoutError`` if not in time.
        """
        return [self.rules.check(host, answer, port=port) for answer in await self._resolve(host)]

    async def connect(self, target: Target, addresses: Sequence[IPAddress]) -> tuple[TlsStream, IPAddress]:
        """Connect to whichever address is the first to complete TLS (RFC 8305), and return which one that is.

        Address families alternate, and 16 addresses are tried at most.

        Raises:
            OSError: None did; ``TimeoutError`` if not in time, ``ssl.SSLError`` if TLS failed at one of them.
        """
        tried = interleaved(addresses)[:MAX_ADDRESSES_TRIED]
        if not tried:
            raise OSError(f"{target.host} has no address")
        attempts = [partial(self._open, target, address) for address in tried]
        async with asyncio.timeout(self.seconds):
            return await race(attempts, delay=self.attempt_delay, discard=_close)

    async def _open(self, target: Target, address: IPAddress) -> tuple[TlsStream, IPAddress]:
        stream = TlsStream(await streams.connect(address, target.port), self.tls, target.host)
        try:
            await stream.shake_hands()
        except BaseException:
            stream.close()
            raise
        return stream, address

    async def _resolve(self, host: str) -> Sequence[str]:
        if parse_address(host) is not None:
            return (host,)
        async with asyncio.timeout(self.seconds):
            return await self.resolver.resolve(host)


def _close(opened: tuple[TlsStream, IPAddress]) -> None:
    opened[0].close()
