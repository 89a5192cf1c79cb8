"""The network as the HTTP client sees it: only judged addresses exist."""

import asyncio
import ipaddress
from collections.abc import Iterable, Sequence

import anyio
import httpcore

from adapters.https.addresses import AddressRules
from adapters.https.resolver import Resolver
from adapters.https.special_blocks import IPAddress
from adapters.https.streams import Connected

_MAX_ADDRESSES_TRIED = 4


class JudgingNetworkBackend(httpcore.AsyncNetworkBackend):
    """Opens the TCP streams of one connection.

    A name is resolved once, every answer is judged, and the connection goes to a judged address, so that a second
    answer of the name service changes nothing. TLS and ``Host`` keep the name as it was written. Unix sockets stay
    unimplemented.
    """

    def __init__(self, rules: AddressRules, resolver: Resolver) -> None:
        """Take what judges and what resolves."""
        self._rules = rules
        self._resolver = resolver
        self._opened: list[Connected] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,  # noqa: ARG002 - likewise; nobody sets it
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - likewise
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers.

        Raises:
            WheelRefusedError: At least one address of the host may not be reached.
            httpcore.ConnectError: The name does not resolve, or no address answers.
            httpcore.ConnectTimeout: The name service, or the last address, did not answer in time.
        """
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in (await self._judged(host, timeout))[:_MAX_ADDRESSES_TRIED]:
            try:
                stream = await Connected.to(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                self._opened.append(stream)
                return stream
        raise failure

    async def aclose(self) -> None:
        """Close what was opened; httpcore loses hold of a stream whose TLS handshake is cancelled."""
        with anyio.CancelScope(shield=True):
            for stream in self._opened:
                await stream.aclose()

    async def _judged(self, host: str, seconds: float | None) -> Sequence[IPAddress]:
        return [self._rules.check(host, answer) for answer in await self._resolve(host, seconds)]

    async def _resolve(self, host: str, seconds: float | None) -> Sequence[str]:
        try:
            return (str(ipaddress.ip_address(host)),)
        except ValueError:
            pass
        try:
            async with asyncio.timeout(seconds):
                return await self._resolver.resolve(host)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} did not resolve in time") from error
        except OSError as error:
            raise httpcore.ConnectError(f"{host} does not resolve") from error
