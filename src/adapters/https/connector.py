"""Connecting to wheel hosts: resolve once, check every address, race the addresses (RFC 8305)."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, zip_longest
from typing import NoReturn, Protocol

import anyio
from anyio.streams.tls import TLSStream

from adapters.https.address_policy import AddressPolicy, parse_address
from adapters.https.connection import Connection, TcpStream
from adapters.https.egress_proxy import EgressProxy, EgressProxyError
from adapters.https.special_purpose_ranges import IPAddress
from domain.wheel.url import DEFAULT_PORT

MAX_ADDRESSES_TRIED = 16
ATTEMPT_DELAY = 0.25
"""Seconds between the starts of two attempts, as RFC 8305 section 8 recommends."""
_RESOLVER_THREADS = 32


class Resolver(Protocol):
    """Resolves host names."""

    async def resolve(self, host: str) -> Sequence[str]:
        """Return every address of an ASCII host name, the preferred first; IPv6 ones may carry a zone.

        Raises:
            OSError: The name has no address, or the name service did not answer.
        """
        ...


class SystemResolver:
    """Resolves as the host system does, ``/etc/hosts`` included.

    ``getaddrinfo`` cannot be cancelled and takes as long as the name's own servers please. It therefore runs in a
    thread pool of its own, where it delays nothing else.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="resolver")

    async def resolve(self, host: str) -> Sequence[str]:
        # As bytes the name skips Python's IDNA codec, which fails in ways of its own.
        look_up = partial(socket.getaddrinfo, host.encode("ascii"), None, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """Opens TLS connections.

    A name is resolved once per request and the connection goes to an address that passed the policy, so DNS rebinding
    changes nothing. The certificate is checked against the name.

    Attributes:
        proxy: Resolves names in the registry's stead, so the policy checks the URL's host alone.
        attempt_delay: Seconds before the next address is tried while earlier ones have not answered.
    """

    tls: ssl.SSLContext
    policy: AddressPolicy = field(default_factory=AddressPolicy)
    resolver: Resolver = field(default_factory=SystemResolver)
    proxy: EgressProxy | None = None
    attempt_delay: float = ATTEMPT_DELAY

    async def resolve(self, host: str, port: int = DEFAULT_PORT, *, seconds: float | None) -> Sequence[IPAddress]:
        """Return the addresses of a host, each of which passed the policy; those of the proxy if there is one.

        Raises:
            WheelRefusedError: The policy forbids at least one of them, or the host that a proxy would connect to.
            OSError: The name does not resolve; ``TimeoutError`` if not in time.
        """
        if self.proxy is not None:
            self.policy.check_unresolved(host, port=port)
            return await self._resolve_proxy(self.proxy, seconds=seconds)
        if parse_address(host) is not None:
            return [self.policy.check(host, host, port=port)]
        async with asyncio.timeout(seconds):
            found = await self.resolver.resolve(host)
        return [self.policy.check(host, address, port=port) for address in found]

    async def _resolve_proxy(self, proxy: EgressProxy, *, seconds: float | None) -> Sequence[IPAddress]:
        async with asyncio.timeout(seconds):
            try:
                found = [proxy.host] if parse_address(proxy.host) else await self.resolver.resolve(proxy.host)
            except OSError as error:
                raise EgressProxyError("cannot be found") from error
        return [address for address in map(parse_address, found) if address is not None]

    async def connect(
        self, host: str, port: int, addresses: Sequence[IPAddress], *, seconds: float | None
    ) -> Connection:
        """Return the first connection that completes TLS. Address families alternate; at most 16 addresses are tried.

        Raises:
            OSError: None did; ``TimeoutError`` if not in time, ``ssl.SSLError`` if TLS failed at one of them.
        """
        connected: list[Connection] = []
        errors: list[OSError] = []

        async def attempt(address: IPAddress) -> None:
            try:
                connected.append(await self._open(host, port, address))
            except OSError as error:
                errors.append(error)

        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                running: set[asyncio.Task[None]] = set()
                for address in interleaved(addresses)[:MAX_ADDRESSES_TRIED]:
                    running.add(group.create_task(attempt(address)))
                    _, running = await _first_completed(running, self.attempt_delay)
                    if connected:
                        break
                while running and not connected:
                    _, running = await _first_completed(running, None)
                for task in running:
                    task.cancel()
        except BaseException:
            _close(connected)
            raise
        _close(connected[1:])
        return connected[0] if connected else _fail(errors, host)

    async def _open(self, host: str, port: int, address: IPAddress) -> Connection:
        if self.proxy is None:
            tcp = await TcpStream.connect(address, port)
        else:
            tcp = await self.proxy.connect(address, host, port)
        try:
            tls = await TLSStream.wrap(tcp, hostname=host, ssl_context=self.tls, standard_compatible=False)
        except (anyio.BrokenResourceError, anyio.EndOfStream) as error:
            tcp.close()
            raise ConnectionAbortedError("the host closed the connection during the TLS handshake") from error
        except BaseException:
            tcp.close()
            raise
        return Connection(tls, tcp, address)


def interleaved(addresses: Sequence[IPAddress]) -> list[IPAddress]:
    """Alternate between IPv6 and IPv4, starting with the family of the first address (RFC 8305 section 4)."""
    preferred = [address for address in addresses if address.version == addresses[0].version]
    others = [address for address in addresses if address.version != addresses[0].version]
    return [address for address in chain.from_iterable(zip_longest(preferred, others)) if address is not None]


async def _first_completed(
    running: set[asyncio.Task[None]], seconds: float | None
) -> tuple[set[asyncio.Task[None]], set[asyncio.Task[None]]]:
    return await asyncio.wait(running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


def _close(connections: Sequence[Connection]) -> None:
    for connection in connections:
        connection.close()


def _fail(errors: Sequence[OSError], host: str) -> NoReturn:
    tls = (error for error in errors if isinstance(error, ssl.SSLError))
    raise next(tls, errors[-1] if errors else OSError(f"{host} has no address"))
