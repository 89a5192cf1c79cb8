"""Connections to a real server that asks for passwords and speaks TLS."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from adapters.postgres.connecting import connect
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.engine import Database
from adapters.postgres.parameters import PARAMETERS
from adapters.postgres.schema import current
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreMisconfiguredError
from tests.support.certificates import CertificateAuthority
from tests.support.clusters import Cluster, a_cluster
from tests.support.postgres import a_folder, execute
from tests.support.relay import a_relay

PASSWORD = "pa/s#s?w@o:r%d +é[]'\"\\"
MARKER = "m4rker"


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A server on which `registry` needs a password and `locked` may not connect."""
    with a_folder() as folder, a_cluster(folder / "data") as cluster:
        secret = PASSWORD.replace("'", "''")
        execute(
            cluster.dsn,
            f"CREATE ROLE registry LOGIN PASSWORD '{secret}'",
            "CREATE ROLE locked LOGIN PASSWORD 'locked'",
            "CREATE ROLE nologin NOLOGIN PASSWORD 'nologin'",
            "CREATE DATABASE closed",
            "REVOKE CONNECT ON DATABASE closed FROM PUBLIC",
        )
        rules = "host all postgres all trust\nhost all locked all reject\nhost all all all scram-sha-256\n"
        (folder / "data" / "pg_hba.conf").write_text(rules)
        execute(cluster.dsn, "SELECT pg_reload_conf()")
        yield cluster


def uri(server: Cluster, *, user: str = "registry", password: str = PASSWORD, rest: str = "/postgres") -> str:
    return f"postgresql://{user}:{quote(password, safe='')}@localhost:{server.port}{rest}"


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Any]:
    connection = await connect(dsn=dsn)
    try:
        yield connection
    finally:
        await connection.close()


@contextmanager
def refused() -> Iterator[pytest.ExceptionInfo[StoreMisconfiguredError]]:
    """Expect a refusal that repeating does not cure, and that repeats nothing of the URI."""
    with capture_logs() as logs, pytest.raises(StoreMisconfiguredError) as caught:
        yield caught
    assert "again" not in caught.value.detail
    assert MARKER not in f"{caught.value} {logs}"


async def test_a_password_of_any_characters_is_accepted(server: Cluster) -> None:
    async with connected(uri(server)) as connection:
        assert await connection.fetchval("SELECT current_user") == "registry"


@pytest.mark.parametrize(
    ("user", "password", "rest", "sentence"),
    [
        ("registry", MARKER, "/postgres", "refuses the user or the password"),
        (MARKER, MARKER, "/postgres", "refuses the user or the password"),
        ("locked", MARKER, "/postgres", "does not let this user in"),
        ("nologin", "nologin", "/postgres", "does not let this user in"),
        ("postgres", MARKER, f"/{MARKER}", "no database of that name"),
        ("registry", PASSWORD, "/closed", "may not connect"),
        ("postgres", MARKER, f"/postgres?options=-c%20{MARKER}%3D1", "does not accept the settings"),
        ("postgres", MARKER, f"/postgres?options=-c%20statement_timeout%3D{MARKER}", "does not accept the settings"),
        ("postgres", MARKER, f"/postgres?options={MARKER}", "does not accept the settings"),
        ("postgres", MARKER, f"/postgres?sslmode={MARKER}", "sslmode must be one of"),
    ],
)
async def test_what_repeating_does_not_cure_says_what_it_is(
    server: Cluster, user: str, password: str, rest: str, sentence: str
) -> None:
    dsn = uri(server, user=user, password=password, rest=rest)

    with refused() as caught:
        await connect(dsn=dsn)
    assert sentence in caught.value.detail
    database = Database(dsn)
    with refused():
        await PostgresVersionRepository(database).ping()
    await database.dispose()
    with refused():
        current(dsn)


async def test_a_server_is_verified_against_the_named_authorities(
    server: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = CertificateAuthority()
    ours, others = authority.write_to(tmp_path / "ours.pem"), CertificateAuthority().write_to(tmp_path / "others.pem")
    context = authority.server_context("localhost")
    context.set_alpn_protocols(["postgresql"])

    with a_relay("127.0.0.1", server.port, tls=context) as relay:
        user = f"postgresql://postgres@localhost:{relay.port}/postgres"
        for trusted in (
            f"sslmode=verify-full&sslrootcert={ours}",
            f"sslmode=verify-ca&sslrootcert={ours}",
            "sslmode=require",
        ):
            async with connected(f"{user}?{trusted}") as connection:
                assert await connection.fetchval("SELECT 1") == 1
        with refused() as caught:
            await connect(dsn=f"{user}?sslmode=verify-full&sslrootcert={others}")
        assert "certificate" in caught.value.detail
        with refused():
            await connect(dsn=f"{user}?sslrootcert=system")
        monkeypatch.setenv("SSL_CERT_FILE", str(ours))
        for negotiation in ("postgres", "direct"):
            async with connected(f"{user}?sslrootcert=system&sslnegotiation={negotiation}") as connection:
                assert await connection.fetchval("SELECT 1") == 1
        assert relay.accepted == 5


async def test_the_kernel_probes_a_connection_and_gives_it_up_when_nothing_comes_back(server: Cluster) -> None:
    async with connected(uri(server)) as connection:
        assert _options(connection) == (1, 30, 10, 3, 10_000)
    chosen = "keepalives_idle=5&keepalives_interval=6&keepalives_count=7&tcp_user_timeout=8000"
    async with connected(uri(server, rest=f"/postgres?{chosen}")) as connection:
        assert _options(connection) == (1, 5, 6, 7, 8_000)
    async with connected(uri(server, rest="/postgres?keepalives=0")) as connection:
        assert _options(connection)[0] == 0


def _options(connection: Any) -> tuple[int, ...]:
    connected = connection._transport.get_extra_info("socket")
    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    return (
        connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
        *(connected.getsockopt(socket.IPPROTO_TCP, option) for option in options),
    )


async def test_variables_of_libpq_reach_our_own_database_and_not_the_embedded_one(
    server: Cluster, server_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("PGAPPNAME", "from the environment")
    async with connected(f"postgresql://registry@localhost:{server.port}/postgres") as connection:
        assert await connection.fetchval("SHOW application_name") == "from the environment"

    for parameter in PARAMETERS.values():
        if parameter.variable is not None:
            monkeypatch.setenv(parameter.variable, MARKER)
    with EmbeddedPostgres(server_folder) as embedded:
        async with connected(embedded.dsn) as connection:
            assert await connection.fetchval("SELECT current_user") == "postgres"
            assert MARKER not in await connection.fetchval("SHOW application_name")
        assert current(embedded.dsn) == frozenset()
