"""A bundle of certificates counts the same on every Python version, for everything that connects."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from adapters.clerk.api import new_http_client
from adapters.https.address_policy import AddressPolicy
from adapters.https.tls import create_ssl_context
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from adapters.tracing.provider import open_provider
from application.errors import StoreUnavailableError, WheelHostFailedError
from domain.wheel.url import WheelUrl
from entrypoints.client import retrying_client
from tests.support.clerk import a_realm
from tests.support.https_host import HttpsHost, file, https_host, status
from tests.support.private_authorities import HOST, UNUSUAL, PrivateHost, a_root_that_may_not_sign

pytestmark = pytest.mark.hostile

PATH = "/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"

Connects = Callable[[HttpsHost, Path], Awaitable[bool]]


async def wheel_fetcher(host: HttpsHost, bundle: Path) -> bool:
    rules = AddressPolicy.parse(networks=["127.0.0.1/32"])
    fetcher = HttpsWheelFetcher(addresses=rules, tls=create_ssl_context(bundle), spool_directory=bundle.parent)
    try:
        await fetcher.fetch(WheelUrl.parse(host.url(PATH)))
    except WheelHostFailedError:
        return False
    return True


async def clerk(host: HttpsHost, bundle: Path) -> bool:
    with a_realm() as realm, pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(bundle))
        http = new_http_client(realm.settings(api_url=host.url("")))
    async with http:
        try:
            return (await http.get(host.url(PATH))).is_success
        except httpx.ConnectError:
            return False


async def release_client(host: HttpsHost, bundle: Path) -> bool:
    with retrying_client.new_http_client(bundle) as http:
        try:
            return (await asyncio.to_thread(http.get, host.url(PATH))).is_success
        except httpx.ConnectError:
            return False


async def exporter_of_spans(host: HttpsHost, bundle: Path) -> bool:
    def export() -> None:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("REQUESTS_CA_BUNDLE", str(bundle))  # it goes before OpenTelemetry's own variables
            provider = open_provider(host.url(""))
            provider.get_tracer(__name__).start_span("a span").end()
            provider.shutdown()

    await asyncio.to_thread(export)
    return [request.target for request in host.requests] == ["/v1/traces"]


CONNECTING = [wheel_fetcher, clerk, release_client, exporter_of_spans]


@pytest.mark.parametrize("connects", CONNECTING)
@pytest.mark.parametrize("make", UNUSUAL.values(), ids=UNUSUAL)
async def test_a_certificate_that_is_named_is_trusted_whatever_extensions_it_lacks(
    make: Callable[[], PrivateHost], connects: Connects, tmp_path: Path
) -> None:
    private = make()
    async with https_host(private.server_context(tmp_path)) as host:
        host.script(PATH, file(b"wheel"))
        host.script("/v1/traces", status(200))
        assert await connects(host, private.write_bundle(tmp_path))


@pytest.mark.parametrize("connects", CONNECTING)
async def test_a_certificate_that_says_it_may_not_sign_signs_for_nobody(connects: Connects, tmp_path: Path) -> None:
    private = a_root_that_may_not_sign()
    async with https_host(private.server_context(tmp_path)) as host:
        host.script(PATH, file(b"wheel"))
        host.script("/v1/traces", status(200))
        assert not await connects(host, private.write_bundle(tmp_path))


@pytest.mark.parametrize("name", [name for name in UNUSUAL if "alone" not in name])
async def test_sslrootcert_is_trusted_whatever_extensions_it_lacks(name: str, tmp_path: Path) -> None:
    private = UNUSUAL[name]()
    bundle = private.write_bundle(tmp_path)
    with socket.create_server((HOST, 0)) as listening:
        asked = asyncio.create_task(asyncio.to_thread(_start_up, listening, private.server_context(tmp_path)))
        port = listening.getsockname()[1]
        database = Database(f"postgresql://registry@{HOST}:{port}/registry?sslmode=verify-full&sslrootcert={bundle}")
        with pytest.raises(StoreUnavailableError):
            await PostgresVersionRepository(database).ping()
        await database.dispose()
        assert b"registry" in await asked


def _start_up(listening: socket.socket, tls: ssl.SSLContext) -> bytes:
    """Take one connection as PostgreSQL does that speaks TLS, and return the first message within TLS."""
    connection, _ = listening.accept()
    assert connection.recv(8) == b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # SSLRequest
    connection.sendall(b"S")
    with tls.wrap_socket(connection, server_side=True) as secured:
        return secured.recv(1024)
