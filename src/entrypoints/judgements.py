"""What is wrong with settings that have the right type."""

import ipaddress
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from domain.errors import InvalidWheelUrlError
from domain.wheel_urls import parse_authority
from entrypoints.secrets import Secret
from entrypoints.settings import (
    ClientSettings,
    ConsoleSettings,
    CustomerSettings,
    DatabaseSettings,
    ServerSettings,
    TracingSettings,
    TrustSettings,
    WheelSettings,
)

Judgement = tuple[str, str]
"""A field, and what is wrong with it."""


def judge(group: type[msgspec.Struct], found: Mapping[str, Any]) -> Iterator[Judgement]:
    """Say what is wrong with a group's values; missing ones are not judged."""
    for field, (is_good, problem) in _RULES.get(group, {}).items():
        if field in found and not is_good(found[field]):
            yield field, problem


def can_trace() -> bool:
    """Tell whether the extra that traces need is installed."""
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


def _is_secure_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or "@" in parts.netloc or port == 0)
    return plain and bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def _is_index_url(url: Secret) -> bool:
    try:
        parts = urlsplit(url.reveal())
        plain = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return False
    return _is_secure_url(plain)


def _is_database_url(url: Secret) -> bool:
    text = url.reveal()
    hosts = re.split(r"[/?]", text.partition("://")[2].rpartition("@")[2])[0]
    numbered = all(re.fullmatch(r"[^:]*(:\d{1,5})?|\[[^]]*\](:\d{1,5})?", host) for host in hosts.split(","))
    return text.startswith(("postgresql://", "postgres://")) and numbered


def _are_machine_ids(texts: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"mch_[A-Za-z0-9_-]+", text) for text in texts)


def _are_origins(texts: tuple[str, ...]) -> bool:
    # As browsers send them (RFC 6454 section 6.2); an empty list would accept every origin.
    return bool(texts) and all(re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/?#@\sA-Z]+", text) for text in texts)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _are_networks(texts: tuple[str, ...]) -> bool:
    try:
        for text in texts:
            ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _is_ca_bundle(path: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:  # what is in it, too
        return False
    return True


def _is_header_value(secret: Secret) -> bool:
    value = secret.reveal()
    return value.isascii() and value.isprintable() and " " not in value


def _are_hosts(texts: tuple[str, ...]) -> bool:
    try:
        for text in texts:
            parse_authority(text)
    except InvalidWheelUrlError:
        return False
    return True


def _is_receiver(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or "@" in parts.netloc or port == 0)
    return plain and bool(host) and parts.scheme in {"http", "https"}


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
    },
    DatabaseSettings: {
        "url": (_is_database_url, "must be postgresql://user@host:port/database, with numbers for ports")
    },
    ServerSettings: {"public_url": _PUBLIC_URL},
    TrustSettings: {
        "cert_file": _CA_BUNDLE,
        "cert_dir": (
            lambda folders: any(Path(folder).is_dir() for folder in folders.split(":")),
            "there is no such folder",
        ),
    },
    TracingSettings: {"endpoint": (_is_receiver, "must be an http:// or https:// URL without user, query or fragment")},
    WheelSettings: {
        "allowed_networks": (_are_networks, "must be networks such as 10.0.0.0/8, without host bits"),
        "allowed_hosts": (_are_hosts, "must be host names"),
        "ca_bundle": _CA_BUNDLE,
        "spool_dir": (lambda path: path.is_dir(), "there is no such folder"),
    },
}
