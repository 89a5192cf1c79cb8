"""Settings from the environment, all judged at once."""

import ipaddress
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from entrypoints.secrets import Secret

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")
PositiveInt = Annotated[int, Meta(ge=1)]
PositiveFloat = Annotated[float, Meta(gt=0)]
Names = tuple[str, ...]


class SettingsError(Exception):
    """Some variables are missing or wrong; the message names all of them."""


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the data is. ``DATABASE_URL`` is the one variable without the prefix ``REGISTRY_``."""

    database_url: Secret | None = None
    database_pool_size: PositiveInt = 10
    data_dir: Path = Path(".data")


class Settings(DatabaseSettings, frozen=True, kw_only=True):
    """All that an operator decides. Each field is the variable ``REGISTRY_<FIELD>``; docs/settings.md explains them."""

    console_clerk_issuer: str
    console_clerk_secret_key: Secret
    console_machine_id: Annotated[str, Meta(pattern="^mch_")]
    console_release_machine_ids: Names = ()
    console_clerk_api_url: str = "https://api.clerk.com"
    console_clerk_timeout_seconds: PositiveFloat = 5.0
    console_max_in_flight: PositiveInt = 64
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8000
    workers: PositiveInt = 1
    max_body_bytes: PositiveInt = 2 * 1024 * 1024
    runtime_version: Annotated[str, Meta(min_length=1, max_length=200)] = "unpinned"
    wheel_allowed_networks: Names = ()
    wheel_allowed_hosts: Names = ()
    wheel_ca_bundle: Path | None = None
    wheel_max_bytes: PositiveInt = 512 * 1024 * 1024
    wheel_deadline_seconds: PositiveFloat = 120.0
    wheel_max_concurrent: PositiveInt = 16
    wheel_spool_dir: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Decode all settings.

    Raises:
        SettingsError: Any variable is missing or wrong.
    """
    return _load(Settings, environment)


def load_database_settings(environment: Mapping[str, str]) -> DatabaseSettings:
    """Decode the settings of the database alone.

    Raises:
        SettingsError: Any of its variables is wrong.
    """
    return _load(DatabaseSettings, environment)


def _load(kind: type[S], environment: Mapping[str, str]) -> S:
    problems: list[str] = []
    hints = get_type_hints(kind, include_extras=True)
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        variable = variable_of(field.name)
        text = environment.get(variable, "").strip()
        if text:
            try:
                found[field.name] = _decode(text, hints[field.name])
            except msgspec.ValidationError as error:
                problems.append(f"{variable}: {error}")
        elif field.required:
            problems.append(f"{variable}: is required")
    problems += _judged(found)
    if problems:
        raise SettingsError("\n".join(["The settings are not usable:", *(f"  {problem}" for problem in problems)]))
    return kind(**found)


def variable_of(field: str) -> str:
    """Return the environment variable of a field."""
    return "DATABASE_URL" if field == "database_url" else f"REGISTRY_{field.upper()}"


def _decode(text: str, hint: Any) -> object:  # noqa: ANN401 -- a type hint may be any object
    if hint == Names:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return msgspec.convert(text, hint, strict=False, dec_hook=_custom)


def _custom(kind: type[T], text: object) -> T:
    return kind(text)  # type: ignore[call-arg] # Secret and Path, both made from text


def _judged(found: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with values that have the right type."""
    for field in ("console_clerk_issuer", "console_clerk_api_url"):
        if field in found and not _is_trustworthy(found[field]):
            yield f"{variable_of(field)}: must be an https:// URL (http:// only on loopback)"
    for network in found.get("wheel_allowed_networks", ()):
        if not _is_network(network):
            yield f"{variable_of('wheel_allowed_networks')}: {network!r} is not a network such as 10.0.0.0/8"
    bundle = found.get("wheel_ca_bundle")
    if bundle is not None and not bundle.is_file():
        yield f"{variable_of('wheel_ca_bundle')}: there is no file {bundle}"
    spool = found.get("wheel_spool_dir")
    if spool is not None and not spool.is_dir():
        yield f"{variable_of('wheel_spool_dir')}: there is no folder {spool}"
    database = found.get("database_url")
    if database is not None and not database.reveal().startswith(("postgresql://", "postgres://")):
        yield "DATABASE_URL: must start with postgresql://"


def _is_trustworthy(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
