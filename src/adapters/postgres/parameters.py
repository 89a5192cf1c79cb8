"""libpq's connection parameters: which may have which values, and which the registry cannot honour.

Source: PostgreSQL 18, "Parameter Key Words" and "Environment Variables" of libpq. Values are checked here because
asyncpg checks few of them, repeats them in its errors, and sends what it does not know to the server.
"""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

Check = Callable[[str], str | None]
"""Returns what is wrong with a value, without repeating it; None if nothing is."""

LONGEST_WAIT = 86_400
_LARGEST = 2**31 - 1
_LONGEST_NAME = 2_000  # a server takes 10,000 bytes of all of them
_SOCKET_PATH_BYTES = 107 - len("/.s.PGSQL.65535")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes:
        check: Validates a value that is not empty; an empty one is the same as none.
        variable: The environment variable that counts where a URI does not have the parameter.
        is_shown: Whether its value may be shown to operators.
    """

    check: Check
    variable: str | None = None
    is_shown: bool = True


def _anything(_: str) -> None:
    return None


def _name(value: str) -> str | None:
    too_long = len(value.encode()) > _LONGEST_NAME
    return f"must have at most {_LONGEST_NAME} bytes" if too_long else None


def _one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else f"must be one of {', '.join(choices)}"


def _whole_number(least: int = -_LARGEST, most: int = _LARGEST) -> Check:
    def check(value: str) -> str | None:
        if re.fullmatch(r"[+-]?[0-9]{1,10}", value.strip()) and least <= int(value) <= most:
            return None
        return "must be a whole number" + (f" of at most {most}" if most != _LARGEST else "")

    return check


def _only(*harmless: str, because: str) -> Check:
    """Accept the values that ask for what happens anyway."""
    allowed = f"; leave it out{', or set it to ' + ' or '.join(harmless) if harmless else ''}"
    return lambda value: None if value in harmless else because + allowed


def _tls_version(value: str) -> str | None:
    return _one_of(*TLS_VERSIONS)(TLS_VERSIONS_BY_LOWER.get(value.lower(), value))


def _hosts(value: str) -> str | None:
    return next((problem for host in value.split(",") if (problem := _host(host))), None)


def _host(host: str) -> str | None:
    if host.startswith("/"):
        too_long = len(host.encode()) > _SOCKET_PATH_BYTES
        return f"names a socket folder of more than {_SOCKET_PATH_BYTES} bytes" if too_long else None
    if not host or _is_address(host) or _is_host_name(host):
        return None
    return "must be host names, IP addresses or folders of sockets; a port goes into port"


def _is_host_name(host: str) -> bool:
    # Underscores are not of the Internet, but container engines' own names have them.
    return len(host) <= 253 and all(
        re.fullmatch(r"[A-Za-z0-9_-]{1,63}", part) for part in host.removesuffix(".").split(".")
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _addresses(value: str) -> str | None:
    return None if all(map(_is_address, value.split(","))) else "must be IP addresses"


def _ports(value: str) -> str | None:
    numbers = [port for port in value.split(",") if port]
    good = all(re.fullmatch(r"[0-9]{1,5}", port) and 1 <= int(port) <= 65535 for port in numbers)
    return None if good else "must be a number from 1 to 65535"


def _readable(value: str) -> str | None:
    try:
        with Path(value).open("rb"):
            return None
    except (OSError, ValueError):
        return "must be a file that can be read"


def _certificates(value: str) -> str | None:
    if value == SYSTEM:
        return None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
    except (OSError, ValueError):  # what is in it, too
        return "must be a readable PEM file"
    return None


def _encoding(value: str) -> str | None:
    plain = value.lower().replace("-", "")
    return None if plain in {"utf8", "auto", "unicode"} else "must be UTF8, which the registry speaks; leave it out"


SYSTEM = "system"
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
SESSION_ATTRIBUTES = ("any", "read-write", "read-only", "primary", "standby", "prefer-standby")
TLS_VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
TLS_VERSIONS_BY_LOWER = {version.lower(): version for version in TLS_VERSIONS}

_DRIVER = "is not supported by the registry's driver"
_ELSEWHERE = "is not supported; write what it stands for into the URL"

PARAMETERS: Mapping[str, Parameter] = {
    "host": Parameter(_hosts, "PGHOST"),
    "hostaddr": Parameter(_addresses, "PGHOSTADDR"),
    "port": Parameter(_ports, "PGPORT"),
    "dbname": Parameter(_name, "PGDATABASE"),
    "user": Parameter(_name, "PGUSER"),
    "password": Parameter(_anything, "PGPASSWORD", is_shown=False),
    "passfile": Parameter(_anything, "PGPASSFILE", is_shown=False),
    "require_auth": Parameter(_only(because=_DRIVER), "PGREQUIREAUTH"),
    "channel_binding": Parameter(
        _only("prefer", "disable", because=f"{_DRIVER}; sslmode=verify-full is"), "PGCHANNELBINDING"
    ),
    "connect_timeout": Parameter(_whole_number(most=LONGEST_WAIT), "PGCONNECT_TIMEOUT"),
    "client_encoding": Parameter(_encoding),
    "options": Parameter(_name, "PGOPTIONS", is_shown=False),
    "application_name": Parameter(_name, "PGAPPNAME"),
    "fallback_application_name": Parameter(_name),
    "keepalives": Parameter(_whole_number()),
    "keepalives_idle": Parameter(_whole_number(most=32_767)),
    "keepalives_interval": Parameter(_whole_number(most=32_767)),
    "keepalives_count": Parameter(_whole_number(most=127)),
    "tcp_user_timeout": Parameter(_whole_number()),
    "replication": Parameter(_only("false", "off", "no", "0", because="makes no connection for statements")),
    "gssencmode": Parameter(_only("disable", "prefer", because=_DRIVER), "PGGSSENCMODE"),
    "krbsrvname": Parameter(_anything, "PGKRBSRVNAME"),
    "gsslib": Parameter(_one_of("gssapi", "sspi"), "PGGSSLIB"),
    "gssdelegation": Parameter(_only("0", because=_DRIVER), "PGGSSDELEGATION"),
    "sslmode": Parameter(_one_of(*SSL_MODES), "PGSSLMODE"),
    "sslnegotiation": Parameter(_one_of("postgres", "direct"), "PGSSLNEGOTIATION"),
    "sslcompression": Parameter(_one_of("0", "1"), "PGSSLCOMPRESSION"),
    "sslcert": Parameter(_readable, "PGSSLCERT"),
    "sslkey": Parameter(_readable, "PGSSLKEY"),
    "sslcertmode": Parameter(_only("allow", because=_DRIVER), "PGSSLCERTMODE"),
    "sslpassword": Parameter(_anything, is_shown=False),
    "sslrootcert": Parameter(_certificates, "PGSSLROOTCERT"),
    "sslcrl": Parameter(_certificates, "PGSSLCRL"),
    "sslcrldir": Parameter(_only(because=f"{_DRIVER}; sslcrl is"), "PGSSLCRLDIR"),
    "sslsni": Parameter(_only("1", because=_DRIVER), "PGSSLSNI"),
    "sslkeylogfile": Parameter(_only(because=_DRIVER)),
    "requirepeer": Parameter(_only(because=_DRIVER), "PGREQUIREPEER"),
    "ssl_min_protocol_version": Parameter(_tls_version, "PGSSLMINPROTOCOLVERSION"),
    "ssl_max_protocol_version": Parameter(_tls_version, "PGSSLMAXPROTOCOLVERSION"),
    "min_protocol_version": Parameter(_only("3.0", because=_DRIVER), "PGMINPROTOCOLVERSION"),
    "max_protocol_version": Parameter(_one_of("3.0", "3.2", "latest"), "PGMAXPROTOCOLVERSION"),
    "target_session_attrs": Parameter(_one_of(*SESSION_ATTRIBUTES), "PGTARGETSESSIONATTRS"),
    "load_balance_hosts": Parameter(_one_of("disable", "random"), "PGLOADBALANCEHOSTS"),
    "service": Parameter(_only(because=_ELSEWHERE), "PGSERVICE"),
    "servicefile": Parameter(_only(because=_ELSEWHERE)),
    "scram_client_key": Parameter(_only(because=_DRIVER), is_shown=False),
    "scram_server_key": Parameter(_only(because=_DRIVER), is_shown=False),
    "oauth_issuer": Parameter(_only(because=_DRIVER)),
    "oauth_client_id": Parameter(_only(because=_DRIVER)),
    "oauth_client_secret": Parameter(_only(because=_DRIVER), is_shown=False),
    "oauth_scope": Parameter(_only(because=_DRIVER)),
}
