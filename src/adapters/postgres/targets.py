"""Where a connection URI, and the environment beside it, say to connect, and how."""

import getpass
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import quote

from adapters.postgres.parameters import PARAMETERS, SESSION_ATTRIBUTES, SYSTEM, TLS_VERSIONS_BY_LOWER
from adapters.postgres.uris import InvalidUriError, parse_uri

URI = "DATABASE_URL"
"""The name under which problems of the URI itself are reported; those of ``PG…`` variables have their names."""

_DEFAULT_HOSTS = ("/run/postgresql", "/var/run/postgresql", "/tmp", "localhost")  # noqa: S108 - as asyncpg
_DEFAULT_PORT = 5432
_VERIFYING = ("verify-ca", "verify-full")
_ENCRYPTING = ("require", *_VERIFYING)
_TLS_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "sslpassword")
_ALIKE = 0.8
_TLS_VERSIONS = ("ssl_min_protocol_version", "ssl_max_protocol_version")


class UnusableTargetError(Exception):
    """The URI or a variable beside it is wrong. No message repeats a value.

    Attributes:
        problems: Pairs of a variable's name and what is wrong with it.
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{variable}: {problem}" for variable, problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAlive:
    """When the kernel gives up a connection whose other end is silent. Seconds, but for the last; 0 is its default."""

    enabled: bool = True
    idle: int = 30
    interval: int = 10
    count: int = 3
    user_timeout_ms: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to connect to.

    Attributes:
        hosts: Host names, addresses or folders of sockets with their ports, in the order to try them.
        tls: What asyncpg takes in a DSN only.
        sslmode: As in libpq, but ``SYSTEM`` where the system's authorities verify the server.
        connect_timeout: Seconds for each host, where that is said.
        load_balanced: Whether hosts are tried in random order.
    """

    hosts: Sequence[tuple[str, int]]
    user: str
    password: str | None = field(repr=False)
    passfile: Path | None
    database: str
    sslmode: str
    direct_tls: bool
    tls: Mapping[str, str] = field(repr=False)
    session_attributes: str
    server_settings: Mapping[str, str] = field(repr=False)
    krbsrvname: str | None
    gsslib: str
    connect_timeout: float | None
    keep_alive: KeepAlive
    load_balanced: bool


def resolve(uri: str, environment: Mapping[str, str]) -> Target:
    """Return what a URI says, with the ``PG…`` variables where it is silent, as libpq does.

    Raises:
        UnusableTargetError: Something of it is wrong, or cannot be honoured.
    """
    try:
        written = parse_uri(uri)
    except InvalidUriError as error:
        raise UnusableTargetError([(URI, str(error))]) from None
    sources = dict.fromkeys(written, URI)
    for name, parameter in PARAMETERS.items():
        if parameter.variable and name not in written and environment.get(parameter.variable):
            written[name], sources[name] = environment[parameter.variable], parameter.variable
    if "sslmode" not in written and environment.get("PGREQUIRESSL", "").startswith("1"):
        written["sslmode"], sources["sslmode"] = "require", "PGREQUIRESSL"  # from before PGSSLMODE, as in libpq
    given = {name: value for name, value in written.items() if value}
    problems = [*_problems_alone(given, sources), *_problems_together(given, sources)]
    if problems:
        raise UnusableTargetError(problems)
    return _target(given)


def self_contained(uri: str) -> str:
    """Return a URI, which has parameters, with all others that a ``PG…`` variable could fill left empty in it."""
    written = parse_uri(uri)
    missing = [name for name, each in PARAMETERS.items() if each.variable and name not in written]
    return "&".join([uri, *(f"{name}=" for name in missing)])


def shown(uri: str, environment: Mapping[str, str]) -> str | None:
    """Return a URI as operators may see it, without secrets; None if it is not usable."""
    try:
        resolve(uri, environment)
    except UnusableTargetError:
        return None
    written = parse_uri(uri)
    mask = "********"
    user = quote(written.pop("user", ""), safe="") + (f":{mask}" if written.pop("password", "") else "")
    hosts, ports = written.pop("host", "").split(","), written.pop("port", "").split(",")
    ports = ports if len(ports) == len(hosts) else ports * len(hosts)
    places = [
        (f"[{host}]" if ":" in host else quote(host, safe="")) + (f":{port}" if port else "")
        for host, port in zip(hosts, ports, strict=True)
    ]
    database = quote(written.pop("dbname", ""), safe="")
    query = [
        f"{name}={quote(value, safe='/,') if PARAMETERS[name].is_shown else mask}" for name, value in written.items()
    ]
    authority = (f"{user}@" if user else "") + ",".join(places)
    return f"postgresql://{authority}/{database}" + (f"?{'&'.join(query)}" if query else "")


def _problems_alone(given: Mapping[str, str], sources: Mapping[str, str]) -> list[tuple[str, str]]:
    problems = []
    for name, value in given.items():
        source = sources[name]
        subject = f"{name} " if source == URI else ""
        if name not in PARAMETERS:
            problems.append((source, _unknown(name)))
        elif not _is_text(value):
            problems.append((source, f"{subject}must be UTF-8"))
        elif (found := PARAMETERS[name].check(value)) is not None:
            problems.append((source, subject + found))
    return problems


def _unknown(name: str) -> str:
    # The name is not repeated: it may be a part of a password that was not percent-encoded.
    nearest = ["sslmode"] if name.lower() == "ssl" else get_close_matches(name.lower(), PARAMETERS, 1, _ALIKE)
    return "has a parameter that libpq does not know; " + (
        f"did you mean {nearest[0]}?" if nearest else "settings of the server go into options=-c%20name%3Dvalue"
    )


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def _problems_together(given: Mapping[str, str], sources: Mapping[str, str]) -> list[tuple[str, str]]:
    def field_of(name: str) -> str:
        return sources.get(name, URI)

    problems = []
    if "host" in given and "hostaddr" in given:
        problems.append((field_of("hostaddr"), "hostaddr beside host is not supported; leave one of them out"))
    hosts, ports = _hosts(given), given.get("port", "").split(",")
    if len(ports) not in {1, len(hosts)}:
        problems.append((field_of("port"), "must have one port, or one for each host"))
    if "user" not in given and _login_name() is None:
        problems.append((URI, "names no user, and this system has no name for the one it runs as"))
    mode = given.get("sslmode", "verify-full" if given.get("sslrootcert") == SYSTEM else "prefer")
    over_network = any(not host.startswith("/") for host in hosts)
    if given.get("sslrootcert") == SYSTEM and mode != "verify-full":
        problems.append((field_of("sslmode"), "sslrootcert=system needs sslmode=verify-full"))
    if over_network and mode in _VERIFYING and "sslrootcert" not in given and not _in_home("root.crt"):
        problems.append(
            (field_of("sslmode"), f"sslmode={mode} needs sslrootcert: a PEM file of authorities, or system")
        )
    if given.get("sslnegotiation") == "direct" and mode not in _ENCRYPTING:
        problems.append((field_of("sslnegotiation"), f"sslnegotiation=direct needs sslmode {', '.join(_ENCRYPTING)}"))
    if "sslcert" in given and not _is_certificate_with_key(given):
        problems.append((field_of("sslcert"), "sslcert and sslkey must be PEM files of a certificate and its key"))
    least, most = (given.get(name, "").lower() for name in _TLS_VERSIONS)
    if least and most and least > most:
        problems.append((field_of(_TLS_VERSIONS[0]), "ssl_min_protocol_version is above ssl_max_protocol_version"))
    return problems


def _hosts(given: Mapping[str, str]) -> list[str]:
    return (given.get("host") or given.get("hostaddr") or "").split(",")


def _login_name() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # as in a container whose user has a number only
        return None


def _in_home(name: str) -> Path | None:
    """Return a file where libpq looks for it by itself, if it is there."""
    try:
        path = Path.home() / ".postgresql" / name
        return path if path.is_file() else None
    except (OSError, RuntimeError):
        return None


def _is_certificate_with_key(given: Mapping[str, str]) -> bool:
    key = given.get("sslkey") or _in_home("postgresql.key")
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_cert_chain(given["sslcert"], key, lambda: given.get("sslpassword", ""))
    except (OSError, ValueError):
        return False
    return True


def _target(given: Mapping[str, str]) -> Target:
    verified_by_system = given.get("sslrootcert") == SYSTEM
    files = {name: given[name] for name in _TLS_FILES if name in given}
    versions = {name: TLS_VERSIONS_BY_LOWER[given[name].lower()] for name in _TLS_VERSIONS if name in given}
    application = given.get("application_name") or given.get("fallback_application_name")
    settings = {"options": given.get("options"), "application_name": application}
    user = given.get("user") or _login_name() or ""
    return Target(
        hosts=_addresses(given),
        user=user,
        password=given.get("password"),
        passfile=Path(given["passfile"]) if "passfile" in given else None,
        database=given.get("dbname") or user,
        sslmode=SYSTEM if verified_by_system else given.get("sslmode", "prefer"),
        direct_tls=given.get("sslnegotiation") == "direct",
        tls=files | versions,
        session_attributes=given.get("target_session_attrs", SESSION_ATTRIBUTES[0]),
        server_settings={name: value for name, value in settings.items() if value},
        krbsrvname=given.get("krbsrvname"),
        gsslib=given.get("gsslib", "gssapi"),
        connect_timeout=_seconds(given.get("connect_timeout", "0")),
        keep_alive=_keep_alive(given),
        load_balanced=given.get("load_balance_hosts") == "random",
    )


def _addresses(given: Mapping[str, str]) -> list[tuple[str, int]]:
    hosts, ports = _hosts(given), given.get("port", "").split(",")
    ports = ports if len(ports) == len(hosts) else ports * len(hosts)
    numbers = [int(port or _DEFAULT_PORT) for port in ports]
    return [
        address
        for host, number in zip(hosts, numbers, strict=True)
        for address in ([(host, number)] if host else [(default, number) for default in _DEFAULT_HOSTS])
    ]


def _seconds(timeout: str) -> float | None:
    return float(timeout) if int(timeout) > 0 else None


def _keep_alive(given: Mapping[str, str]) -> KeepAlive:
    default = KeepAlive()

    def number(name: str, otherwise: int) -> int:
        return max(int(given.get(name, otherwise)), 0)

    return KeepAlive(
        enabled=int(given.get("keepalives", "1")) != 0,
        idle=number("keepalives_idle", default.idle),
        interval=number("keepalives_interval", default.interval),
        count=number("keepalives_count", default.count),
        user_timeout_ms=number("tcp_user_timeout", default.user_timeout_ms),
    )
