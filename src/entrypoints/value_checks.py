"""Checks of values that the environment gives."""

import ipaddress
import os
import re
import ssl
from pathlib import Path

from adapters.web import is_loopback
from domain import texts
from domain.compatibility.gate import parse_severities
from domain.errors import InvalidTextError, InvalidWheelUrlError
from domain.wheel.url import parse_authority
from entrypoints.secret import Secret

_STORAGE = re.compile(r"file:///[^?#\s]*|(s3|gs|az)://[A-Za-z0-9._-]+(/[^?#@\s]*)?")
_ORIGIN = re.compile(r"(https?)://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]*))?")
_DEFAULT_PORTS = {("https", "443"), ("http", "80")}
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?"
    r"(/([A-Za-z0-9/._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)?",
    re.IGNORECASE,
)
"""Without user, query and fragment."""


def _parts_of_url(url: str) -> tuple[str, str] | None:
    """Return the scheme and the host of a URL that a client can use."""
    found = _URL.fullmatch(url)
    if found is None or not 1 <= int(found["port"] or 1) <= 65535:
        return None
    host = found["host"].strip("[]")
    return (found["scheme"].lower(), host) if _is_host(host, is_ipv6=host != found["host"]) else None


def _is_host(host: str, *, is_ipv6: bool) -> bool:
    if is_ipv6:
        return _is_address(host)
    return not set("[]:") & set(host) and are_hosts((host,))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_secure_url(url: str) -> bool:
    scheme, host = _parts_of_url(url) or ("", "")
    return scheme == "https" or (scheme == "http" and is_loopback(host))


def is_index_url(url: Secret) -> bool:
    user = r"(?<=://)([!$&-.0-;=A-Z_a-z~]|%[0-9A-Fa-f]{2})*@"  # other characters must be percent-encoded there
    return is_secure_url(re.sub(user, "", url.reveal(), count=1))


def are_machine_ids(ids: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"mch_[A-Za-z0-9_-]+", each) for each in ids)


def are_origins(origins: tuple[str, ...]) -> bool:
    # As browsers send them (RFC 6454 section 6.2); an empty list would accept every origin.
    return bool(origins) and all(re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/?#@\sA-Z]+", each) for each in origins)


def are_networks(networks: tuple[str, ...]) -> bool:
    try:
        for network in networks:
            ipaddress.ip_network(network)
    except ValueError:
        return False
    return True


def is_ca_bundle(path: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (OSError, ValueError):  # what is in it, too
        return False
    return True


def is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that is too long
        return False


def may_become_folder(path: Path) -> bool:
    """Tell whether a path names a folder, or none that there is yet."""
    try:
        resolved = path.expanduser().resolve()
        return resolved.is_dir() or not resolved.exists()
    except PermissionError:
        return True  # opening it says why it cannot be
    except (OSError, RuntimeError, ValueError):  # a name that is too long, no such user's home, links in a circle
        return False


def can_be_written(path: Path) -> bool:
    """Tell whether a file can be made or replaced."""
    try:
        return not path.is_dir() and path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)
    except (OSError, ValueError):
        return False


def is_listening_host(host: str) -> bool:
    return (_is_address(host) and "%" not in host) or _is_host(host, is_ipv6=False)


def is_line(text: str) -> bool:
    try:
        texts.validate_line(text, max_length=len(text))
    except InvalidTextError:
        return False
    return True


def is_header_value(secret: Secret) -> bool:
    value = secret.reveal()
    return value.isascii() and value.isprintable() and " " not in value


def are_hosts(hosts: tuple[str, ...]) -> bool:
    try:
        for host in hosts:
            parse_authority(host)
    except InvalidWheelUrlError:
        return False
    return True


def are_web_origins(texts: tuple[str, ...]) -> bool:
    """Tell whether each is an origin as browsers write it, without the port that its scheme has anyway."""
    found = [(_ORIGIN.fullmatch(text), text) for text in texts]
    return all(
        origin is not None and origin.groups() not in _DEFAULT_PORTS and is_secure_url(text) for origin, text in found
    )


def are_ports(texts: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"[1-9][0-9]{0,4}", text) and int(text) <= 65535 for text in texts)


def is_receiver(url: str) -> bool:
    return _parts_of_url(url) is not None


def are_severities(texts: tuple[str, ...]) -> bool:
    try:
        parse_severities(texts)
    except ValueError:
        return False
    return True


def is_storage_url(url: str) -> bool:
    is_folder = url.startswith("file:")
    return _STORAGE.fullmatch(url) is not None and (
        not is_folder or may_become_folder(Path(url.removeprefix("file://")))
    )
