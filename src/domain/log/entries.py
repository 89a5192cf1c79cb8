"""The entries of the log: each is one event as canonical JSON (CloudEvents 1.0, JSON format)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from domain.catalog import CatalogMetadata
from domain.history import LifecycleAction
from domain.log.tiles import require_entry
from domain.names import ProviderName
from domain.schemas import CanonicalJson, ResourceSchemas
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel.file import Sha256Digest
from domain.wheel.verified_wheel import VerifiedWheel

SALT_SIZE = 16
MAX_ENTRYPOINT = 4096
"""Characters of a command that an entry has whole; each may take six bytes. Of a longer one it has the digest."""
_NAMESPACE = "org.provider-registry."
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
"""Spells as ``CanonicalJson`` does, at a fraction of its cost, whatever has ASCII keys and no fractions."""
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What some readers of text streams take for the end of a line."""


class EventType(StrEnum):
    """What an entry says."""

    LOG_OPENED = f"{_NAMESPACE}log.opened.v1"
    PROVIDER_METADATA = f"{_NAMESPACE}provider.metadata.v1"
    VERSION_PUBLISHED = f"{_NAMESPACE}version.published.v1"
    VERSION_YANKED = f"{_NAMESPACE}version.yanked.v1"
    VERSION_RESTORED = f"{_NAMESPACE}version.restored.v1"


_OF_VERSION = {
    LifecycleAction.PUBLISHED: EventType.VERSION_PUBLISHED,
    LifecycleAction.YANKED: EventType.VERSION_YANKED,
    LifecycleAction.RESTORED: EventType.VERSION_RESTORED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """When something happened, and by whom.

    Attributes:
        id: Unique among the events of the registry.
        actor: None if that is not known.
        is_backfilled: Whether it happened before the log was opened.
    """

    id: str
    at: datetime
    actor: str | None
    is_backfilled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """An entry, and what it is found by.

    Attributes:
        leaf: The bytes that the tree is made over.
        provider: None for an event of the log itself.
    """

    type: EventType
    event_id: str
    leaf: bytes
    provider: ProviderName | None = None
    version: SemVer | None = None


def source_of(origin: str) -> str:
    """Return the source of all events of a log: the registry's URL."""
    return f"https://{origin.partition('/')[0]}"


def log_opened(origin: str, occurred: Occurrence) -> LogEntry:
    """Return the first entry of a log."""
    return _entry(origin, EventType.LOG_OPENED, occurred, origin, {"origin": origin})


def provider_metadata(origin: str, occurred: Occurrence, name: ProviderName, metadata: CatalogMetadata) -> LogEntry:
    """Return the entry that says how a provider is shown from now on."""
    shown = {
        "description": metadata.description,
        "display_name": metadata.display_name,
        "icon_url": metadata.icon_url,
        "tags": list(metadata.tags),
    }
    data = {**_name(name), **shown}
    return _entry(origin, EventType.PROVIDER_METADATA, occurred, str(name), data, provider=name)


def version_event(
    origin: str,
    occurred: Occurrence,
    action: LifecycleAction,
    version: ProviderVersion,
    *,
    reason: bytes | None = None,
    attestations: Sequence[Sha256Digest] = (),
) -> LogEntry:
    """Return the entry of a step of a version's life. The version may have taken further ones.

    Args:
        origin: The log's.
        occurred: When and by whom.
        action: Any but ``FAILED``: a failure claims nothing that can be installed.
        version: It has a wheel.
        reason: The salted digest of a yank's reason.
        attestations: The digests of those that it was published with, 8 at most; an entry without such does not
            mention them.
    """
    wheel = version.wheel
    if wheel is None:
        raise ValueError(f"{version.name} {version.version} has no wheel, so there is nothing to log")
    data: dict[str, object] = {**_name(version.name), "version": str(version.version)}
    if action is LifecycleAction.PUBLISHED:
        data |= _published(version, wheel)
        if attestations:
            data["attestations_sha256"] = [digest.hex for digest in attestations]
    else:
        data["wheel_sha256"] = wheel.sha256.hex
    if action is LifecycleAction.YANKED:
        data["reason_sha256"] = None if reason is None else reason.hex()
    subject = f"{version.name}@{version.version}"
    return _entry(origin, _OF_VERSION[action], occurred, subject, data, provider=version.name, version=version.version)


def salted_digest(salt: bytes, text: str) -> bytes:
    """Return what an entry has in place of a text, so that the text can be removed."""
    return hashlib.sha256(salt + text.encode()).digest()


@dataclass(frozen=True, slots=True)
class PublishedWheel:
    """What a ``version.published`` entry says of the wheel."""

    provider: str
    version: str
    sha256: Sha256Digest


def read_published(leaf: bytes) -> PublishedWheel:
    """Read which wheel an entry says was published.

    Raises:
        ValueError: It is no ``version.published`` entry.
    """
    try:
        event = json.loads(leaf)
        if event["type"] != EventType.VERSION_PUBLISHED:
            raise ValueError("the entry is not one of a published version")
        data = event["data"]
        name = ProviderName(data["prefix"], data["name"])
        return PublishedWheel(str(name), str(data["version"]), Sha256Digest(data["wheel"]["sha256"]))
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("the entry is not an event of this registry") from error


def _published(version: ProviderVersion, wheel: VerifiedWheel) -> Mapping[str, object]:
    announced = version.announcement
    command = None if announced.entrypoint is None else list(announced.entrypoint)
    is_long = command is not None and sum(map(len, command)) > MAX_ENTRYPOINT
    longer = {"entrypoint_sha256": _digest(_CANONICAL.encode(command))} if is_long else {}
    return {
        **longer,
        "changelog_sha256": _digest(announced.changelog),
        "config_schema_sha256": _document(announced.config_schema),
        "entrypoint": None if is_long else command,
        "outputs_schema_sha256": _document(announced.outputs_schema),
        "package_name": version.package_name,
        "requires_python": wheel.requires_python,
        "runtime_version": version.runtime_version,
        "schemas_sha256": _schemas(announced.schemas),
        "wheel": {
            "distribution": wheel.distribution,
            "filename": wheel.filename,
            "sha256": wheel.sha256.hex,
            "size": wheel.size,
            "url": str(announced.wheel_url),
        },
    }


def _schemas(schemas: ResourceSchemas | None) -> str | None:
    if schemas is None:
        return None
    digests = [
        {
            "resource_type": schema.resource_type,
            "provider": schema.provider,
            "resource": schema.resource,
            "description": schema.description,
            "config_schema_sha256": _document(schema.config_schema),
            "outputs_schema_sha256": _document(schema.outputs_schema),
        }
        for schema in schemas
    ]
    return _digest(_CANONICAL.encode(digests))


def _document(document: CanonicalJson | None) -> str | None:
    return None if document is None else _digest(document.text)


def _digest(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def _name(name: ProviderName) -> dict[str, object]:
    return {"name": name.name, "prefix": name.prefix}


def _entry(
    origin: str,
    kind: EventType,
    occurred: Occurrence,
    subject: str,
    data: dict[str, object],
    *,
    provider: ProviderName | None = None,
    version: SemVer | None = None,
) -> LogEntry:
    data["actor"] = occurred.actor
    if occurred.is_backfilled:
        data["backfilled"] = True
    event = {
        "data": data,
        "datacontenttype": "application/json",
        "id": occurred.id,
        "source": source_of(origin),
        "specversion": "1.0",
        "subject": subject,
        "time": occurred.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "type": kind.value,
    }
    leaf = require_entry(_CANONICAL.encode(event).translate(_LINE_ENDS).encode())
    return LogEntry(type=kind, event_id=occurred.id, leaf=leaf, provider=provider, version=version)
