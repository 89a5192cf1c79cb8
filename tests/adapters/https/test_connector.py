"""Hosts some of whose addresses are dead, as of a network without IPv6 or a load balancer that lost members."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager

import psutil
import pytest

from adapters.https.connector import MAX_ADDRESSES_TRIED, Connector, interleaved
from adapters.https.special_purpose_ranges import IPAddress
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import HttpsHost, https_host

pytestmark = pytest.mark.hostile

NAME = "wheels.example.com"
LIVE = "127.0.0.1"
DEAD = [f"127.0.1.{number}" for number in range(1, 13)]


class NoNames:
    async def resolve(self, host: str) -> Sequence[str]:
        raise socket.gaierror(host)


@pytest.fixture
def authority() -> CertificateAuthority:
    return CertificateAuthority()


@pytest.fixture
async def live(authority: CertificateAuthority) -> AsyncIterator[HttpsHost]:
    async with https_host(authority.server_context(NAME), LIVE) as host:
        yield host


@contextmanager
def refusing(_address: str, _port: int) -> Iterator[None]:
    """Nothing listens."""
    yield


@contextmanager
def dropping(address: str, port: int) -> Iterator[None]:
    """A full accept queue, to which the kernel admits nobody: SYNs go unanswered."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex((address, port))
        yield


@contextmanager
def silent(address: str, port: int) -> Iterator[None]:
    """A listener that accepts connections and never says anything."""
    with socket.create_server((address, port)):
        yield


@contextmanager
def not_tls(address: str, port: int) -> Iterator[None]:
    """A listener whose only client so far was answered in plain text."""
    loop = asyncio.get_running_loop()

    async def answer(listener: socket.socket) -> None:
        while True:
            connection, _ = await loop.sock_accept(listener)
            with connection:
                await loop.sock_sendall(connection, b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server((address, port)) as listener:
        listener.settimeout(0)
        task = asyncio.create_task(answer(listener))
        try:
            yield
        finally:
            task.cancel()


@pytest.mark.parametrize("dead", [refusing, dropping, silent, not_tls])
async def test_a_host_is_reached_at_the_one_address_that_works(
    live: HttpsHost, authority: CertificateAuthority, dead: Callable[[str, int], AbstractContextManager[None]]
) -> None:
    with ExitStack() as stack:
        for address in DEAD:
            stack.enter_context(dead(address, live.port))
        assert await _connect(authority, live, [*DEAD, LIVE]) == LIVE


async def test_an_address_of_an_unreachable_family_is_passed_over(
    live: HttpsHost, authority: CertificateAuthority
) -> None:
    unreachable = [f"100::{number}" for number in range(1, 9)]  # discarded by every network (RFC 6666)
    assert await _connect(authority, live, [*unreachable, LIVE]) == LIVE


async def test_no_more_than_sixteen_addresses_are_tried(live: HttpsHost, authority: CertificateAuthority) -> None:
    refused = [f"127.0.1.{number}" for number in range(MAX_ADDRESSES_TRIED)]
    with pytest.raises(ConnectionRefusedError):
        await _connect(authority, live, [*refused, LIVE])


async def test_the_deadline_holds_for_all_addresses_together(authority: CertificateAuthority, live: HttpsHost) -> None:
    with ExitStack() as stack:
        for address in DEAD:
            stack.enter_context(silent(address, live.port))
        with pytest.raises(TimeoutError):
            await _connect(authority, live, DEAD, seconds=0.1)


async def test_a_certificate_that_is_not_trusted_is_reported_rather_than_dead_addresses(live: HttpsHost) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await _connect(CertificateAuthority(), live, [DEAD[0], LIVE, DEAD[1]])


def test_families_alternate_beginning_with_that_of_the_first_address() -> None:
    six = _addresses("2001:db8::1", "2001:db8::2", "2001:db8::3")
    four = _addresses("192.0.2.1", "192.0.2.2")
    assert interleaved([*six, *four]) == [six[0], four[0], six[1], four[1], six[2]]
    assert interleaved([*four, *six]) == [four[0], six[0], four[1], six[1], six[2]]
    assert interleaved([]) == []


async def test_connections_that_lose_the_race_are_closed(live: HttpsHost, authority: CertificateAuthority) -> None:
    with ExitStack() as stack:
        for address in DEAD[:3]:
            stack.enter_context(silent(address, live.port))
        assert await _connect(authority, live, [*DEAD[:3], LIVE]) == LIVE
        own = psutil.Process().net_connections("tcp")
    assert {getattr(each.raddr, "ip", None) for each in own}.isdisjoint(DEAD)


async def test_cancelling_a_handshake_closes_its_connection(live: HttpsHost, authority: CertificateAuthority) -> None:
    with socket.create_server((DEAD[0], live.port)) as listener:
        listener.settimeout(0)
        connecting = asyncio.create_task(_connect(authority, live, [DEAD[0]]))
        peer, _ = await asyncio.get_running_loop().sock_accept(listener)
        with peer:
            assert await asyncio.get_running_loop().sock_recv(peer, 1)  # the handshake has begun
            connecting.cancel()
            await asyncio.wait([connecting])
            while await asyncio.get_running_loop().sock_recv(peer, 65536):
                pass


async def _connect(
    authority: CertificateAuthority, host: HttpsHost, addresses: Sequence[str], *, seconds: float = 30
) -> str:
    """Return the address that was connected to."""
    connector = Connector(tls=authority.client_context(), resolver=NoNames(), attempt_delay=0.01)
    connection = await connector.connect(NAME, host.port, _addresses(*addresses), seconds=seconds)
    connection.close()
    return str(connection.address)


def _addresses(*texts: str) -> list[IPAddress]:
    return [ipaddress.ip_address(text) for text in texts]
