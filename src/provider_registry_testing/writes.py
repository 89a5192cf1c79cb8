"""Decisions that write a version over whatever is stored."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from uuid import UUID, uuid4

from application.ports.health_check import HealthCheck
from application.ports.version_queries import VersionQueries
from application.ports.version_repository import Decide, VersionRepository
from domain.catalog import CatalogMetadata
from domain.history import HistoryEvent, LifecycleAction, LifecycleEvent
from domain.semver import SemVer
from domain.tasks import Task, TaskKind
from domain.version_state import (
    ChangeStatus,
    Publish,
    RecordFailure,
    StartBuild,
    UpdateProvider,
    VersionSnapshot,
    VersionWrite,
)
from domain.versions import ProviderVersion, VersionStatus
from provider_registry_testing.builders import a_name, a_version


class VersionStore(VersionRepository, VersionQueries, HealthCheck, Protocol):
    """An adapter for all ports of versions."""


Decided: TypeAlias = tuple[VersionWrite | None, VersionSnapshot]
"""A write, and the state after it."""

_NAME, _VERSION = a_name(), SemVer.parse("1.0.0")

EVERY_METHOD: Mapping[str, Callable[[VersionStore], Awaitable[Any]]] = {
    "load": lambda store: store.load(_NAME, _VERSION),
    "update": lambda store: store.update(_NAME, _VERSION, writing(a_version("1.0.0"))),
    "find": lambda store: store.find(_NAME, _VERSION),
    "find_latest": lambda store: store.find_latest(_NAME),
    "find_readme": lambda store: store.find_readme(_NAME, _VERSION),
    "find_registration": lambda store: store.find_registration(UUID(int=1)),
    "list_all": lambda store: store.list_all(_NAME),
    "list_versions": lambda store: store.list_versions(_NAME),
    "find_compatibility": lambda store: store.find_compatibility(_NAME, _VERSION),
    "history": lambda store: store.history(_NAME, _VERSION),
    "ping": lambda store: store.ping(),
}


def writing(
    version: ProviderVersion | None = None,
    metadata: CatalogMetadata | None = None,
    *,
    event: LifecycleEvent | None = None,
    at: datetime | None = None,
    organization_id: str | None = None,
    organization_name: str | None = None,
) -> Decide[VersionSnapshot]:
    """Decide to write this over whatever is stored; the result is the state after it."""

    def decide(state: VersionSnapshot) -> Decided:
        write: VersionWrite | None = None
        if version is None and at is not None:
            write = UpdateProvider(at=at, metadata=metadata, organization_name=organization_name)
        elif version is not None and version.status is VersionStatus.PUBLISHED:
            write = Publish(
                version=version,
                event=event or event_of(version),
                metadata=metadata,
                organization_id=organization_id,
                organization_name=organization_name,
            )
        elif version is not None and version.status is VersionStatus.YANKED:
            write = ChangeStatus(version=version, event=event or event_of(version))
        elif version is not None and version.status is VersionStatus.BUILDING:
            building = replace(version, registration_id=version.registration_id or uuid4())
            write = StartBuild(version=building, task=a_task(building), organization_id=organization_id)
        elif version is not None:
            write = RecordFailure(version=version, event=event or event_of(version), organization_id=organization_id)
        return write, state if write is None else state.after(write)

    return decide


def a_task(building: ProviderVersion) -> Task:
    """Return the task that builds a version."""
    assert building.registration_id is not None
    return Task(
        id=building.registration_id,
        kind=TaskKind.REGISTRATION,
        key=f"{building.name}@{building.version}",
        payload='{"of": "some text"}',
        created_at=building.updated_at,
        request_id="req-1",
    )


def steps_of(history: Iterable[HistoryEvent]) -> list[LifecycleEvent]:
    """Return the steps of a version's life, without what was found of its wheel."""
    return [event for event in history if isinstance(event, LifecycleEvent)]


def event_of(version: ProviderVersion) -> LifecycleEvent:
    """Return the history entry that ``writing`` adds for a version unless it is given one."""
    is_public = version.status.is_public
    action = LifecycleAction(version.status.value) if is_public else LifecycleAction.FAILED
    return LifecycleEvent(action=action, at=version.updated_at, actor=version.registered_by)


async def put(store: VersionStore, *versions: ProviderVersion) -> None:
    for version in versions:
        await store.update(version.name, version.version, writing(version))


def numbers(versions: Sequence[ProviderVersion]) -> list[str]:
    return [version.version.text for version in versions]
