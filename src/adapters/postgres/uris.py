"""Connection URIs, read as libpq reads them.

Source: PostgreSQL 18, "Connection URIs", and ``conninfo_uri_parse_options`` in ``fe-connect.c``. ``urllib`` reads them
differently: it ends a password at ``#``, ``/`` or ``?``, and fails on brackets.
"""

import re
from urllib.parse import unquote

_SCHEMES = ("postgresql://", "postgres://")
_ESCAPES = (
    "; in a user, a password or a name, write @ as %40, / as %2F, ? as %3F, # as %23, % as %25 and a space as %20"
)


class InvalidUriError(Exception):
    """The text is no connection URI. The message never repeats any of it."""


def parse_uri(text: str) -> dict[str, str]:
    """Return what a URI says, by libpq's parameter names.

    Stricter than libpq in one way: ``#``, ``?`` and spaces must be percent-encoded wherever they are part of a value.

    Raises:
        InvalidUriError: It is none.
    """
    rest = _without_scheme(text)
    if re.search(r"[\x00-\x20\x7f]", rest):
        raise InvalidUriError("holds a space or a control character; percent-encode it")
    if "#" in rest:
        raise InvalidUriError(f"holds a # that is not percent-encoded{_ESCAPES}")
    credentials, rest = _split_credentials(rest)
    location, _, query = rest.partition("?")
    authority, _, database = location.partition("/")
    if "@" in location:
        raise InvalidUriError(f"holds a character in its user or its password that must be percent-encoded{_ESCAPES}")
    hosts, ports = _hosts_and_ports(authority)
    user, _, password = credentials.partition(":")
    written = {"user": user, "password": password, "host": hosts, "port": ports, "dbname": database}
    return {name: _decoded(value) for name, value in written.items() if value} | _parameters(query)


def _without_scheme(text: str) -> str:
    for scheme in _SCHEMES:
        if text.startswith(scheme):
            return text.removeprefix(scheme)
    raise InvalidUriError("must begin with postgresql://, as in postgresql://user:password@host:5432/database")


def _split_credentials(rest: str) -> tuple[str, str]:
    found = re.match(r"[^@/]*@", rest)
    credentials = found[0][:-1] if found else ""
    if "?" in credentials:
        raise InvalidUriError(f"holds a ? before its @ that is not percent-encoded{_ESCAPES}")
    return credentials, rest[found.end() :] if found else rest


def _hosts_and_ports(authority: str) -> tuple[str, str]:
    hosts, ports = [], []
    for part in authority.split(","):
        found = re.fullmatch(r"\[(?P<address>[^\]]+)\](:(?P<its_port>.*))?|(?P<name>[^\[:]*)(:(?P<port>.*))?", part)
        if found is None:
            raise InvalidUriError("names an IPv6 address that is not in the form [2001:db8::1]:5432")
        hosts.append(found["address"] or found["name"] or "")
        ports.append(found["its_port"] or found["port"] or "")
    return ",".join(hosts), ",".join(ports)


def _parameters(query: str) -> dict[str, str]:
    parameters = {}
    parts = query.split("&")
    if not parts[-1]:  # libpq allows one & at the end
        parts.pop()
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals or "=" in value:
            raise InvalidUriError(f"holds a parameter that is not in the form name=value{_ESCAPES}, and = as %3D")
        name, value = _decoded(name), _decoded(value)
        if (name, value) == ("ssl", "true"):  # JDBC's spelling, which libpq knows too
            name, value = "sslmode", "require"
        if name == "requiressl":  # likewise, from before sslmode
            name, value = "sslmode", "require" if value.startswith("1") else "prefer"
        parameters[name] = value
    return parameters


def _decoded(text: str) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})|%00", text):
        raise InvalidUriError(f"holds a % that is not followed by two hexadecimal digits{_ESCAPES}")
    try:
        return unquote(text, errors="strict")
    except UnicodeError:
        raise InvalidUriError("holds percent-encoded bytes that are not UTF-8") from None
