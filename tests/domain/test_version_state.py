"""What writes do to the state around a version."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.distributions import Distribution, DistributionAction, WheelNames
from domain.errors import WheelProblem, WheelRefusedError
from domain.semver import SemVer
from domain.version_state import (
    ChangeStatus,
    Publish,
    RecordFailure,
    UpdateProvider,
    VersionSnapshot,
    written_version,
)
from tests.builders import NOW, a_building_version, a_name, a_proven_wheel, a_version, some_metadata
from tests.support.stores import event_of

LATER = NOW + timedelta(hours=1)
VERSION = a_version("1.0.0", name="acme/gcp")
FAILED = a_building_version("1.0.0", name="acme/gcp", at=LATER).fail(
    WheelRefusedError(WheelProblem.NOT_FOUND, "gone"), at=LATER
)
PUBLISH = Publish(
    version=VERSION,
    event=event_of(VERSION),
    metadata=some_metadata(),
    organization_id="org_acme",
    organization_name="Acme",
)
FAIL = RecordFailure(version=FAILED, event=event_of(FAILED), organization_id="org_acme")


def test_a_first_publication_creates_its_provider_and_becomes_the_newest() -> None:
    after = VersionSnapshot().after(PUBLISH)

    assert after.provider is not None
    assert (after.provider.metadata, after.provider.organization_id) == (some_metadata(), "org_acme")
    assert (after.provider.created_at, after.provider.updated_at) == (NOW, NOW)
    assert (after.version, after.newest) == (VERSION, VERSION.version)


def test_a_first_failure_creates_its_provider_without_metadata_and_is_not_the_newest() -> None:
    after = VersionSnapshot().after(FAIL)

    assert after.provider is not None
    assert (after.provider.metadata, after.provider.organization_id) == (None, "org_acme")
    assert (after.version, after.newest, after.public_version) == (FAILED, None, None)


def test_a_failure_leaves_a_provider_as_it_was() -> None:
    before = VersionSnapshot().after(PUBLISH)

    assert before.after(FAIL).provider == before.provider


def test_a_lower_version_is_not_the_newest() -> None:
    before = replace(VersionSnapshot().after(PUBLISH), newest=SemVer.parse("2.0.0"))

    assert before.after(PUBLISH).newest == SemVer.parse("2.0.0")


def test_a_change_of_status_moves_the_providers_time_and_nothing_else() -> None:
    before = VersionSnapshot().after(PUBLISH)
    yanked = VERSION.yank("broken", at=LATER)

    after = before.after(ChangeStatus(version=yanked, event=event_of(yanked)))

    assert before.provider is not None
    assert after.provider == replace(before.provider, updated_at=LATER)
    assert after.public_version == yanked


def test_an_update_keeps_what_it_does_not_say_and_no_time_goes_back() -> None:
    before = VersionSnapshot().after(PUBLISH)

    after = before.after(UpdateProvider(at=NOW - timedelta(days=1), organization_name="Acme Inc."))

    assert before.provider is not None
    assert after.provider == replace(before.provider, organization_name="Acme Inc.")


def test_there_is_no_update_of_an_unknown_provider() -> None:
    with pytest.raises(ValueError, match="no provider"):
        VersionSnapshot().after(UpdateProvider(at=NOW))


@pytest.mark.parametrize(
    ("owner", "action"),
    [
        (None, DistributionAction.CLAIMED),
        (Distribution(name=a_proven_wheel().distribution, prefix="acme"), DistributionAction.CLAIMED),
        (Distribution(name=a_proven_wheel().distribution, prefix="eve"), DistributionAction.TAKEN_OVER),
        (Distribution(name=a_proven_wheel().distribution, prefix="acme", organization_id="org_acme"), None),
    ],
)
def test_a_publication_records_a_new_owner_of_its_distribution(
    owner: Distribution | None, action: DistributionAction | None
) -> None:
    event = VersionSnapshot(names=WheelNames(distribution=owner)).ownership_event(PUBLISH)

    assert (event and event.action) == action
    assert (event and (event.actor, event.at)) == (event and (VERSION.registered_by, NOW))


@pytest.mark.parametrize(
    "write", [FAIL, UpdateProvider(at=NOW), ChangeStatus(version=VERSION, event=event_of(VERSION))]
)
def test_only_publications_claim_names(write: RecordFailure | UpdateProvider | ChangeStatus) -> None:
    before = replace(VersionSnapshot().after(PUBLISH), names=WheelNames())

    assert before.ownership_event(write) is None
    assert before.after(write).names == WheelNames()


def test_a_write_is_of_the_version_that_was_decided_on() -> None:
    assert written_version(PUBLISH, a_name("acme/gcp"), VERSION.version) == VERSION
    assert written_version(UpdateProvider(at=NOW), a_name("acme/gcp"), VERSION.version) is None
    with pytest.raises(ValueError, match=r"2\.0\.0"):
        written_version(PUBLISH, a_name("acme/gcp"), SemVer.parse("2.0.0"))
