"""Reaching wheel hosts: only judged addresses exist."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.https import streams
from adapters.https.addresses import AddressRules, parse_address
from adapters.https.resolver import Resolver
from adapters.https.special_blocks import IPAddress
from adapters.https.streams import TlsStream
from adapters.https.targets import Target

_MAX_ADDRESSES_TRIED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """Opens connections.

    A name is resolved once, every answer is judged, and the connection goes to a judged address, so that a second
    answer of the name service changes nothing. TLS and ``Host`` keep the name as it was written.

    Attributes:
        rules: What judges.
        tls: Whom to trust.
        seconds: How long resolving, each address tried, and the handshake may take.
    """

    rules: AddressRules
    resolver: Resolver
    tls: ssl.SSLContext
    seconds: float

    async def judged(self, host: str) -> Sequence[IPAddress]:
        """Return the addresses of a host.

        Raises:
            WheelRefusedError: At least one of them may not be reached.
            OSError: The name does not resolve; ``TimeoutError`` if not in time.
        """
        return [self.rules.check(host, answer) for answer in await self._resolve(host)]

    async def connect(self, target: Target, addresses: Sequence[IPAddress]) -> tuple[TlsStream, IPAddress]:
        """Connect to the first address that answers, and return which one that is.

        Raises:
            OSError: None did; ``TimeoutError`` if the last one did not in time, ``ssl.SSLError`` if TLS failed.
        """
        failure = OSError(f"{target.host} has no address")
        for address in addresses[:_MAX_ADDRESSES_TRIED]:
            try:
                async with asyncio.timeout(self.seconds):
                    connected = await streams.connect(address, target.port)
            except OSError as error:
                failure = error
            else:
                return await self._secured(connected, target.host), address
        raise failure

    async def _secured(self, connected: socket.socket, host: str) -> TlsStream:
        stream = TlsStream(connected, self.tls, host)
        try:
            async with asyncio.timeout(self.seconds):
                await stream.shake_hands()
        except BaseException:
            stream.close()
            raise
        return stream

    async def _resolve(self, host: str) -> Sequence[str]:
        if parse_address(host) is not None:
            return (host,)
        async with asyncio.timeout(self.seconds):
            return await self.resolver.resolve(host)
