"""Connecting to wheel hosts: resolve once, check every address, race the addresses (RFC 8305)."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, zip_longest
from typing import Protocol

import anyio
from anyio.abc import ByteStream
from anyio.streams.tls import TLSStream

from adapters.https.address_policy import AddressPolicy, parse_address
from adapters.https.special_purpose_ranges import IPAddress
from domain.wheel_urls import DEFAULT_PORT

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
        """Call ``getaddrinfo``."""
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
        attempt_delay: Seconds before the next address is tried while earlier ones have not answered.
    """

    tls: ssl.SSLContext
    policy: AddressPolicy = field(default_factory=AddressPolicy)
    resolver: Resolver = field(default_factory=SystemResolver)
    attempt_delay: float = ATTEMPT_DELAY

    async def resolve(self, host: str, port: int = DEFAULT_PORT, *, seconds: float | None) -> Sequence[IPAddress]:
        """Return the addresses of a host, each of which passed the policy.

        Raises:
            WheelRefusedError: The policy forbids at least one of them.
            OSError: The name does not resolve; ``TimeoutError`` if not in time.
        """
        if parse_address(host) is not None:
            return [self.policy.check(host, host, port=port)]
        with anyio.fail_after(seconds):
            found = await self.resolver.resolve(host)
        return [self.policy.check(host, address, port=port) for address in found]

    async def connect(
        self, host: str, port: int, addresses: Sequence[IPAddress], *, seconds: float | None
    ) -> tuple[TLSStream, IPAddress]:
        """Return the first connection that completes TLS, and its address.

        Address families alternate, and at most 16 addresses are tried.

        Raises:
            OSError: None did; ``TimeoutError`` if not in time, ``ssl.SSLError`` if TLS failed at one of them.
        """
        winner: tuple[TLSStream, IPAddress] | None = None
        errors: list[OSError] = []

        async def attempt(address: IPAddress, ended: anyio.Event) -> None:
            nonlocal winner
            try:
                stream = await self._open(host, port, address)
            except OSError as error:
                errors.append(error)
            else:
                if winner is None:
                    winner = stream, address
                    attempts.cancel_scope.cancel()
                else:
                    await anyio.aclose_forcefully(stream)
            finally:
                ended.set()

        try:
            with anyio.fail_after(seconds):
                async with anyio.create_task_group() as attempts:
                    for address in interleaved(addresses)[:MAX_ADDRESSES_TRIED]:
                        ended = anyio.Event()
                        attempts.start_soon(attempt, address, ended)
                        with anyio.move_on_after(self.attempt_delay):
                            await ended.wait()
        except BaseException:
            if winner is not None:
                await anyio.aclose_forcefully(winner[0])
            raise
        if winner is None:
            raise _most_telling(errors, host)
        return winner

    async def _open(self, host: str, port: int, address: IPAddress) -> TLSStream:
        tcp: ByteStream = await _connect_tcp(address, port)
        try:
            return await TLSStream.wrap(tcp, hostname=host, ssl_context=self.tls, standard_compatible=False)
        except (anyio.BrokenResourceError, anyio.EndOfStream) as error:
            await anyio.aclose_forcefully(tcp)
            raise ConnectionAbortedError("the host closed the connection during the TLS handshake") from error
        except BaseException:
            await anyio.aclose_forcefully(tcp)
            raise


async def _connect_tcp(address: IPAddress, port: int) -> ByteStream:
    try:
        return await anyio.connect_tcp(str(address), port)
    except OSError as error:
        if isinstance(error.__cause__, OSError):  # anyio says only that all attempts failed
            raise error.__cause__ from None
        raise


def interleaved(addresses: Sequence[IPAddress]) -> list[IPAddress]:
    """Alternate between IPv6 and IPv4, starting with the family of the first address (RFC 8305 section 4)."""
    preferred = [address for address in addresses if address.version == addresses[0].version]
    others = [address for address in addresses if address.version != addresses[0].version]
    return [address for address in chain.from_iterable(zip_longest(preferred, others)) if address is not None]


def _most_telling(errors: Sequence[OSError], host: str) -> OSError:
    tls = (error for error in errors if isinstance(error, ssl.SSLError))
    return next(tls, errors[-1] if errors else OSError(f"{host} has no address"))
