"""The rules of a registration that is done later: pure functions of the stored state and the request."""

from datetime import datetime
from uuid import UUID

from domain.errors import RegistryError
from domain.history import LifecycleAction, LifecycleEvent
from domain.registration import (
    CheckOutcome,
    Refused,
    Registered,
    Registration,
    begin_build,
    check,
    decide,
    record_refusal,
    refresh_provider,
)
from domain.tasks import Task
from domain.version_state import RecordFailure, StartBuild, VersionSnapshot, VersionWrite
from domain.versions import ProviderVersion, VersionStatus


def accept(
    state: VersionSnapshot, registration: Registration, task: Task, *, runtime_version: str, now: datetime
) -> tuple[VersionWrite | None, Registered]:
    """Decide what a registration writes that is to be done later, after ``check`` and what else needs no wheel.

    The version that comes back is public, or is being built, by this registration or by an earlier one.

    Raises:
        RegistryError: As ``check``.
    """
    check(state, registration)
    if state.public_version is not None:
        return refresh_provider(state, registration, now), Registered(state.public_version, created=False)
    if state.building_version is not None:
        return None, Registered(state.building_version, created=False)
    building = begin_build(state, registration, runtime_version=runtime_version, now=now, registration_id=task.id)
    write = StartBuild(version=building, task=task, organization_id=registration.registrant.organization_id)
    return write, Registered(building, created=False)


def is_building(state: VersionSnapshot, registration_id: UUID) -> bool:
    """Tell whether the version is being built by that registration."""
    return state.building_version is not None and state.building_version.registration_id == registration_id


def decide_build(
    state: VersionSnapshot,
    registration: Registration,
    outcome: CheckOutcome,
    registration_id: UUID,
    *,
    runtime_version: str,
    now: datetime,
) -> tuple[VersionWrite | None, VersionStatus | None]:
    """Decide how a build ends; the result is the status that it left. A conflict is a failure: no request waits for it.

    Nothing is written if the version is not being built by that registration any more.

    Raises:
        OutdatedBaselineError: Another version than was compared with is the baseline now.
    """
    if not is_building(state, registration_id):
        return None, None if state.version is None else state.version.status
    try:
        write, registered = decide(state, registration, outcome, runtime_version=runtime_version, now=now)
    except RegistryError as error:
        verification = outcome.verification
        refused = Refused(error, verification)
        write, registered = record_refusal(state, registration, refused, runtime_version=runtime_version, now=now)
    return write, registered.version.status


def decide_abandoned(
    building: ProviderVersion, error: RegistryError, task: Task, *, now: datetime
) -> tuple[VersionWrite, VersionStatus]:
    """Decide how a build ends that is not tried again.

    The task's payload is not read, since that may be what fails: a version that is being built blocks other content.
    """
    failed = building.fail(error, at=now)
    event = LifecycleEvent(
        action=LifecycleAction.FAILED,
        at=now,
        actor=building.registered_by,
        request_id=task.request_id,
        reason=error.detail,
    )
    return RecordFailure(version=failed, event=event), failed.status
