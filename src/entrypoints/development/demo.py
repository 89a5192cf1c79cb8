"""Three small providers in several versions, so that every page and every feed has something to show."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entrypoints.development.wheels import build_wheel

ACME, GLOBEX = "acme", "globex"
"""Slugs of the two organisations."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProvider:
    """A provider whose releases are made here.

    Attributes:
        name: Canonical.
        package: What its wheels install, and are named after.
        attested: Whether its releases say who built them.
    """

    name: str
    package: str
    metadata: Json
    attested: bool = False

    @property
    def distribution(self) -> str:
        """Name of its distribution, as its wheels' file names have it."""
        return f"{self.name.partition('/')[0]}_{self.package}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRelease:
    """One version of a provider.

    Attributes:
        schemas: By resource type.
        yanked: Why it is yanked; None if it is not.
    """

    provider: DemoProvider
    version: str
    schemas: Json
    changelog: str
    yanked: str | None = None

    @property
    def filename(self) -> str:
        """Of its wheel."""
        return f"{self.provider.distribution}-{self.version}-py3-none-any.whl"

    def wheel(self) -> bytes:
        """Build its wheel."""
        shown, package = self.provider.metadata, self.provider.package
        resources = "".join(f"- `{resource}`\n" for resource in self.schemas)
        return build_wheel(
            self.provider.distribution,
            self.version,
            summary=shown["description"],
            readme=f"# {shown['display_name']}\n\n{shown['description']}\n\n## Resources\n\n{resources}",
            files={f"{package}/__init__.py": f'"""{shown["description"]}"""\n\nVERSION = "{self.version}"\n'},
        )

    def body(self, wheel: bytes, host: str, attestations: Sequence[Json] = ()) -> dict[str, Any]:
        """Return what registers it, with its wheel at a host."""
        return {
            "name": self.provider.name,
            "version": self.version,
            "wheel_url": f"{host}/{self.filename}",
            "sha256": hashlib.sha256(wheel).hexdigest(),
            "package_name": self.provider.package,
            "metadata": self.provider.metadata,
            "schemas": self.schemas,
            "changelog": self.changelog,
            "attestations": list(attestations),
        }


def _resource(description: str, config: Json, outputs: Json, *, required: Sequence[str] = ()) -> Json:
    closed = {"type": "object", "additionalProperties": False}
    return {
        "description": description,
        "config_schema": {**closed, "properties": config, "required": list(required)},
        "outputs_schema": {**closed, "properties": outputs, "required": list(outputs)},
    }


_NAME = {"type": "string", "description": "Who is greeted.", "minLength": 1, "immutable": True}
_LANGUAGE = {"type": "string", "description": "Of the greeting.", "enum": ["en", "de", "fr"], "default": "en"}
_MESSAGE = {"message": {"type": "string", "description": "The greeting."}}
_LOCATION = {"type": "string", "description": "Where the bucket is kept.", "enum": ["eu", "us"], "immutable": True}
_LABELS = {"type": "object", "description": "Labels by key.", "additionalProperties": {"type": "string"}}
_RULE = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "enum": ["delete", "archive"], "description": "What is done."},
        "age_days": {"type": "integer", "minimum": 1, "description": "After how many days.", "default": 30},
    },
    "required": ["action"],
}
_RULES = {"type": "array", "items": _RULE, "maxItems": 10, "description": "What becomes of old objects."}
_URL = {"url": {"type": "string", "format": "uri", "description": "Where it is reached."}}
_SECRET = {"type": "string", "description": "The key that clients sign with.", "sensitive": True}

HELLO = DemoProvider(
    name="platform/hello",
    package="hello_provider",
    metadata={
        "display_name": "Hello",
        "description": "Greets people. The smallest provider that manages something.",
        "tags": ["example"],
    },
)
STORAGE = DemoProvider(
    name="platform/storage",
    package="storage_provider",
    attested=True,
    metadata={
        "display_name": "Storage",
        "description": "Manages buckets and what becomes of old objects.",
        "tags": ["storage", "example"],
    },
)
_QUEUE = DemoProvider(
    name=f"{ACME}/queue",
    package="queue_provider",
    metadata={
        "display_name": "Acme Queue",
        "description": "Manages queues of Acme, a customer's own provider.",
        "tags": ["messaging", "example"],
    },
)


def _greeting(config: Json, *required: str) -> Json:
    return {"greeting": _resource("A greeting for one person.", config, _MESSAGE, required=required)}


def _bucket(config: Json) -> Json:
    return {"bucket": _resource("A storage bucket.", {"location": _LOCATION, **config}, _URL, required=["location"])}


def _queue(config: Json, *required: str) -> Json:
    outputs = {**_URL, "signing_key": _SECRET}
    return {"queue": _resource("A queue of messages.", config, outputs, required=required)}


RELEASES = (
    DemoRelease(
        provider=HELLO, version="1.0.0", schemas=_greeting({"name": _NAME}, "name"), changelog="The first release."
    ),
    DemoRelease(
        provider=HELLO,
        version="1.1.0",
        schemas=_greeting({"name": _NAME, "language": _LANGUAGE}, "name"),
        changelog="Greetings have a `language`.",
    ),
    DemoRelease(
        provider=HELLO,
        version="2.0.0",
        schemas=_greeting({"recipient": _NAME, "language": _LANGUAGE}, "recipient", "language"),
        changelog="**Breaks users**: `name` is called `recipient`, and `language` must be said.",
    ),
    DemoRelease(provider=STORAGE, version="1.0.0", schemas=_bucket({}), changelog="The first release."),
    DemoRelease(
        provider=STORAGE,
        version="1.1.0",
        schemas=_bucket({"labels": _LABELS}),
        changelog="Buckets have labels.",
        yanked="Deletes the labels of buckets that it did not create; 1.1.1 does not.",
    ),
    DemoRelease(
        provider=STORAGE,
        version="1.1.1",
        schemas=_bucket({"labels": _LABELS, "lifecycle_rules": _RULES}),
        changelog="Leaves labels of others alone. Buckets have lifecycle rules.",
    ),
    DemoRelease(
        provider=_QUEUE,
        version="0.1.0",
        schemas=_queue({"retention_days": {"type": "integer", "minimum": 1, "maximum": 14, "default": 7}}),
        changelog="The first release.",
    ),
    DemoRelease(
        provider=_QUEUE,
        version="0.1.1",
        schemas=_queue({"retention_days": {"type": "integer", "minimum": 1, "maximum": 30, "default": 7}}),
        changelog="Messages are kept for up to 30 days.",
    ),
)
