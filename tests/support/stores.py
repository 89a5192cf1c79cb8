"""Words for talking to version stores."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from application.ports.version_store import Change, Decision, VersionStore
from domain.catalog import CatalogMetadata
from domain.history import LifecycleEvent
from domain.semver import SemVer
from domain.versions import ProviderVersion
from tests.builders import a_name, a_version

_NAME, _VERSION = a_name(), SemVer.parse("1.0.0")

EVERY_METHOD: Mapping[str, Callable[[VersionStore], Awaitable[Any]]] = {
    "look": lambda store: store.look(_NAME, _VERSION),
    "update": lambda store: store.update(_NAME, _VERSION, writing(a_version("1.0.0"))),
    "find": lambda store: store.find(_NAME, _VERSION),
    "find_latest": lambda store: store.find_latest(_NAME),
    "list_versions": lambda store: store.list_versions(_NAME),
    "history": lambda store: store.history(_NAME, _VERSION),
    "check": lambda store: store.check(),
}


def writing(
    version: ProviderVersion | None = None,
    metadata: CatalogMetadata | None = None,
    *,
    event: LifecycleEvent | None = None,
    at: datetime | None = None,
) -> Decision:
    return lambda _: Change(version=version, metadata=metadata, event=event, at=at)


async def put(store: VersionStore, *versions: ProviderVersion) -> None:
    for version in versions:
        await store.update(version.name, version.version, writing(version))


def numbers(versions: Sequence[ProviderVersion]) -> list[str]:
    return [version.version.text for version in versions]
