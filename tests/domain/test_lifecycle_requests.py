"""Every row of status and request → outcome for yanks and restorations, decided without a store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.customers import Customer
from domain.errors import (
    IllegalTransitionError,
    InvalidTextError,
    NamespaceForbiddenError,
    RegistryError,
    VersionNotFoundError,
    WheelProblem,
    WheelRefusedError,
)
from domain.history import LifecycleAction
from domain.lifecycle import Restoration, Yank, restore, yank
from domain.registrants import Operator
from domain.semver import SemVer
from domain.version_state import ChangeStatus, Publish, RecordFailure, VersionSnapshot
from domain.versions import VersionStatus
from tests.builders import NOW, a_building_version, a_name, a_version
from tests.support.stores import event_of

LATER = NOW + timedelta(hours=1)
V1 = SemVer.parse("1.0.0")
OPERATOR = Operator("operator:ann")
EVE = Customer(id="user_9", user_id="user_9", organization_id="org_eve", organization_slug="platform")

VERSION = a_version()
FAILURE = a_building_version().fail(WheelRefusedError(WheelProblem.NOT_FOUND, "gone"), at=NOW)
NOTHING = VersionSnapshot()
PUBLISHED = NOTHING.after(Publish(version=VERSION, event=event_of(VERSION), organization_id="org_acme"))
YANKED = replace(PUBLISHED, version=VERSION.yank("First reason.", at=NOW))
FAILED = NOTHING.after(RecordFailure(version=FAILURE, event=event_of(FAILURE)))
YANK = Yank(registrant=OPERATOR, name=a_name(), version=V1, reason="Broken.", request_id="req_1")
RESTORATION = Restoration(registrant=OPERATOR, name=a_name(), version=V1, request_id="req_2")


def test_a_published_version_is_yanked_with_its_reason() -> None:
    write, version = yank(PUBLISHED, YANK, now=LATER)

    assert isinstance(write, ChangeStatus)
    assert write.version == version
    assert (version.status, version.yanked_reason, version.yanked_at) == (VersionStatus.YANKED, "Broken.", LATER)
    assert (write.event.action, write.event.actor, write.event.request_id, write.event.reason) == (
        LifecycleAction.YANKED,
        "operator:ann",
        "req_1",
        "Broken.",
    )


def test_a_yanked_version_is_restored() -> None:
    write, version = restore(YANKED, RESTORATION, now=LATER)

    assert isinstance(write, ChangeStatus)
    assert (version.status, version.yanked_reason, version.updated_at) == (VersionStatus.PUBLISHED, None, LATER)
    assert (write.event.action, write.event.request_id, write.event.reason) == (
        LifecycleAction.RESTORED,
        "req_2",
        None,
    )


def test_a_repeat_writes_nothing() -> None:
    assert yank(YANKED, YANK, now=LATER) == (None, YANKED.version)
    assert restore(PUBLISHED, RESTORATION, now=LATER) == (None, VERSION)


@pytest.mark.parametrize(
    ("state", "changes", "refusal"),
    [
        (NOTHING, {}, VersionNotFoundError),
        (FAILED, {}, IllegalTransitionError),
        (PUBLISHED, {"reason": " "}, InvalidTextError),
        (PUBLISHED, {"registrant": EVE}, NamespaceForbiddenError),
        (YANKED, {"registrant": EVE}, NamespaceForbiddenError),
    ],
    ids=["nothing", "failed", "blank reason", "another organisation", "another organisation, yanked already"],
)
def test_a_yank_is_refused(state: VersionSnapshot, changes: dict[str, object], refusal: type[RegistryError]) -> None:
    with pytest.raises(refusal):
        yank(state, replace(YANK, **changes), now=LATER)  # type: ignore[arg-type] # the fields of a case


@pytest.mark.parametrize(
    ("state", "changes", "refusal"),
    [
        (NOTHING, {}, VersionNotFoundError),
        (FAILED, {}, IllegalTransitionError),
        (YANKED, {"registrant": EVE}, NamespaceForbiddenError),
        (PUBLISHED, {"registrant": EVE}, NamespaceForbiddenError),
    ],
    ids=["nothing", "failed", "another organisation", "another organisation, restored already"],
)
def test_a_restoration_is_refused(
    state: VersionSnapshot, changes: dict[str, object], refusal: type[RegistryError]
) -> None:
    with pytest.raises(refusal):
        restore(state, replace(RESTORATION, **changes), now=LATER)  # type: ignore[arg-type] # the fields of a case
