"""Connecting to the first of several hosts that will do."""

import os
import random
import socket
import ssl
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import structlog

from adapters.postgres.parameters import SYSTEM
from adapters.postgres.targets import KeepAlive, Target, UnusableTargetError, resolve
from application.errors import StoreMisconfiguredError

_CHOOSES_AMONG_ALL = "prefer-standby"
_DEFAULT_TIMEOUT = 5.0
_TRY_NEXT = (OSError, asyncpg.TargetServerAttributeNotMatched, asyncpg.CannotConnectNowError)

# Source: PostgreSQL, appendix A, "Error Codes"; classes are of two characters.
_REFUSALS = {
    "28P01": "the database refuses the user or the password; check DATABASE_URL",
    "28": "the database does not let this user in from this host; check DATABASE_URL and pg_hba.conf",
    "3D": "there is no database of that name on the server; create it, or check DATABASE_URL",
    "42501": "the user may not connect to the database; grant it CONNECT, or check DATABASE_URL",
    "42": "the server does not accept the settings in DATABASE_URL's options",
    "22": "the server does not accept the settings in DATABASE_URL's options",
}
_NOT_TAKEN = "the driver does not accept DATABASE_URL; `provider-registry settings check` says what is wrong with it"
_NO_WAY = "the server wants to authenticate the registry in a way that its driver does not support"
_NOT_TRUSTED = "the database's certificate is not one that sslmode and sslrootcert in DATABASE_URL accept"


async def connect(*, dsn: str, timeout: float = _DEFAULT_TIMEOUT, **options: Any) -> Any:  # noqa: ANN401, ASYNC109 - the driver is not typed
    """Connect to a connection URI as libpq does, with the timeout for each host.

    asyncpg's timeout covers all hosts together, so a first host that died silently would hide the one that took over.

    Raises:
        StoreMisconfiguredError: The URI is not usable, or the server will never accept it as it is.
        asyncpg.PostgresError: Any other refusal of the last host.
        OSError: The last host cannot be reached.
    """
    try:
        target = resolve(dsn, os.environ)
    except UnusableTargetError as error:
        raise StoreMisconfiguredError(str(error)) from None
    *firsts, last = _groups(target)
    for hosts in firsts:
        try:
            return await _connect(target, hosts, timeout, options)
        except _TRY_NEXT:
            continue
    return await _connect(target, last, timeout, options)


def _groups(target: Target) -> Sequence[Sequence[tuple[str, int]]]:
    """Return the hosts one by one, or together where asyncpg has to choose among all."""
    hosts = random.sample(target.hosts, len(target.hosts)) if target.load_balanced else target.hosts
    return [hosts] if target.session_attributes == _CHOOSES_AMONG_ALL else [[host] for host in hosts]


async def _connect(target: Target, hosts: Sequence[tuple[str, int]], timeout: float, options: dict[str, Any]) -> Any:  # noqa: ANN401, ASYNC109
    try:
        connection = await asyncpg.connect(
            **_arguments(target, hosts), timeout=target.connect_timeout or timeout, **options
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ssl.SSLCertVerificationError) as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        # Their texts are left out: they repeat parts of the URI.
        sqlstate = getattr(error, "sqlstate", None) or ""
        structlog.get_logger().warning("database_failed", fault=type(error).__name__, sqlstate=sqlstate)
        raise StoreMisconfiguredError(refusal) from None
    if target.keep_alive.enabled:
        _keep_alive(connection, target.keep_alive)
    return connection


def _arguments(target: Target, hosts: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """Return all that asyncpg would otherwise look for in the environment."""
    over_network = any(not host.startswith("/") for host, _ in hosts)
    verified_by_system = target.sslmode == SYSTEM
    return {
        # Of these asyncpg has no arguments.
        "dsn": "postgresql:///?" + urlencode(target.tls, quote_via=quote) if target.tls and over_network else None,
        "host": [host for host, _ in hosts],
        "port": [port for _, port in hosts],
        "user": target.user,
        "password": target.password,
        "passfile": target.passfile,
        "database": target.database,
        "ssl": (_system_context(target) if verified_by_system else target.sslmode) if over_network else "disable",
        "direct_tls": target.direct_tls and over_network,
        "server_settings": dict(target.server_settings),
        "target_session_attrs": target.session_attributes,
        "krbsrvname": target.krbsrvname,
        "gsslib": target.gsslib,
    }


def _system_context(target: Target) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # not as strict from Python 3.13 on as a default context
    context.load_default_certs()
    context.set_alpn_protocols(["postgresql"])
    if "sslcert" in target.tls:
        password = target.tls.get("sslpassword", "")
        context.load_cert_chain(target.tls["sslcert"], target.tls.get("sslkey"), lambda: password)
    return context


def _refusal(error: Exception) -> str | None:
    """Return why repeating is of no use, or None if it may be."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _NOT_TRUSTED
    if isinstance(error, asyncpg.PostgresError):
        sqlstate = str(error.sqlstate)
        return _REFUSALS.get(sqlstate) or _REFUSALS.get(sqlstate[:2])
    return _NOT_TAKEN if isinstance(error, asyncpg.ClientConfigurationError) else _NO_WAY


def _keep_alive(connection: Any, wanted: KeepAlive) -> None:  # noqa: ANN401 - the driver is not typed
    """Let the kernel send probes, so that routers do not forget the connection, or notice that they did."""
    connected = connection._transport.get_extra_info("socket")  # noqa: SLF001 - the driver does not hand it out
    if connected.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    values = {
        "TCP_KEEPIDLE": wanted.idle,
        "TCP_KEEPINTVL": wanted.interval,
        "TCP_KEEPCNT": wanted.count,
        "TCP_USER_TIMEOUT": wanted.user_timeout_ms,
    }
    for name, value in values.items():
        option = getattr(socket, name, None)  # not every system has all of them
        if option is not None and value:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)
