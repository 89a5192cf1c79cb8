"""Every row of stored state and request → outcome, decided without a store."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from domain.compatibility.assessment import Compatibility, baseline_for
from domain.compatibility.report import Report
from domain.customers import Customer
from domain.distributions import ClaimedFile, Distribution, WheelNames
from domain.errors import (
    DistributionConflictError,
    MetadataRequiredError,
    NamespaceForbiddenError,
    RegistryError,
    UnmatchableVersionError,
    VersionConflictError,
    WheelFilenameConflictError,
    WheelProblem,
    WheelRefusedError,
)
from domain.history import LifecycleAction
from domain.registrants import ConsoleMachine
from domain.registration import CheckOutcome, Refused, Registration, Verified, check, check_request, decide
from domain.semver import SemVer
from domain.verification import Verification
from domain.version_state import Publish, RecordFailure, UpdateProvider, VersionSnapshot
from domain.versions import VersionStatus
from domain.wheel.file import Sha256Digest
from tests.builders import (
    MACHINE_ID,
    NOW,
    RUNTIME_VERSION,
    a_building_version,
    a_name,
    a_proven_wheel,
    a_version,
    an_announcement,
    some_metadata,
)
from tests.support.stores import event_of

LATER = NOW + timedelta(hours=1)
V1, V2 = SemVer.parse("1.0.0"), SemVer.parse("2.0.0")
WHEEL = a_proven_wheel()
OTHER_WHEEL = a_proven_wheel(b"other bytes")
VERIFICATION = Verification(checks=(), checked_at=LATER)
NOT_COMPARED = Compatibility(baseline=baseline_for(V1, ()), report=Report.of(()))
VERIFIED = Verified(WHEEL, VERIFICATION, NOT_COMPARED)
REFUSED = Refused(WheelRefusedError(WheelProblem.NOT_AN_ARCHIVE, "no archive"), VERIFICATION)
ACME = Customer(
    id="user_1", user_id="user_1", organization_id="org_acme", organization_slug="acme", organization_name="Acme"
)


def after(*writes: Publish | RecordFailure) -> VersionSnapshot:
    state = VersionSnapshot()
    for write in writes:
        state = state.after(write)
    return state


def published(number: str = "1.0.0", *, name: str = "platform/gcp") -> Publish:
    version = a_version(number, name=name)
    return Publish(version=version, event=event_of(version), metadata=some_metadata())


def failed() -> RecordFailure:
    version = a_building_version().fail(REFUSED.error, at=NOW)
    return RecordFailure(version=version, event=event_of(version))


NOTHING = VersionSnapshot()
PUBLISHED = after(published())
YANKED = replace(PUBLISHED, version=a_version().yank("broken", at=NOW))
FAILED = after(failed())
FAILED_OF_A_KNOWN_PROVIDER = after(published("0.9.0"), failed())
NEW_OF_A_KNOWN_PROVIDER = replace(after(published("0.9.0")), version=None)
NOT_THE_NEWEST = replace(PUBLISHED, newest=V2)
OF_ANOTHER_ORGANISATION = replace(
    after(published(name="acme/gcp")),
    provider=replace(after(published(name="acme/gcp")).provider, organization_id="org_before"),  # type: ignore[type-var]
)
FREE_NAMES = replace(NOTHING, names=WheelNames())
DISTRIBUTION_OF_OTHERS = replace(
    NOTHING, names=WheelNames(distribution=Distribution(name=WHEEL.distribution, prefix="eve"))
)
FILE_OF_OTHER_BYTES = replace(
    NOTHING,
    names=WheelNames(
        file=ClaimedFile(
            filename=WHEEL.filename, sha256=OTHER_WHEEL.sha256, provider=a_name("platform/old"), version=V1
        )
    ),
)


def a_request(**changes: object) -> Registration:
    fields = {
        "registrant": ConsoleMachine(MACHINE_ID),
        "name": a_name(),
        "version": V1,
        "announcement": an_announcement(),
        "metadata": some_metadata(),
        **changes,
    }
    return Registration(**fields)  # type: ignore[arg-type]


REQUEST = a_request()
SAME_DIGEST = a_request(announcement=an_announcement(sha256=WHEEL.sha256))
OTHER_DIGEST = a_request(announcement=an_announcement(sha256=OTHER_WHEEL.sha256))
OTHER_CHANGELOG = a_request(announcement=an_announcement(changelog="Other."))
WITHOUT_METADATA = a_request(metadata=None)
METADATA_FROM_WHEEL = a_request(metadata=None, metadata_from_wheel=True)
OTHER_METADATA = a_request(metadata=some_metadata(display_name="GCP"))
BY_ACME = a_request(registrant=ACME, name=a_name("acme/gcp"))


@dataclass(frozen=True)
class Row:
    """The rules that run before the wheel is fetched: ``None`` admits the request."""

    state: VersionSnapshot
    request: Registration
    refusal: type[RegistryError] | None


CHECKS = {
    "a new provider": Row(NOTHING, REQUEST, None),
    "a new provider without metadata": Row(NOTHING, WITHOUT_METADATA, MetadataRequiredError),
    "a new provider whose metadata comes from the wheel": Row(NOTHING, METADATA_FROM_WHEEL, None),
    "a provider that only failed, without metadata": Row(FAILED, WITHOUT_METADATA, MetadataRequiredError),
    "a new version of a known provider, without metadata": Row(NEW_OF_A_KNOWN_PROVIDER, WITHOUT_METADATA, None),
    "a failed version, again": Row(FAILED, REQUEST, None),
    "a published version, again": Row(PUBLISHED, REQUEST, None),
    "a published version, again without metadata": Row(PUBLISHED, WITHOUT_METADATA, None),
    "a published version, with the computed digest": Row(PUBLISHED, SAME_DIGEST, None),
    "a published version, with another digest": Row(PUBLISHED, OTHER_DIGEST, VersionConflictError),
    "a published version, with another changelog": Row(PUBLISHED, OTHER_CHANGELOG, VersionConflictError),
    "a yanked version, again": Row(YANKED, REQUEST, None),
    "a yanked version, with another changelog": Row(YANKED, OTHER_CHANGELOG, VersionConflictError),
    "a provider of another organisation": Row(OF_ANOTHER_ORGANISATION, BY_ACME, NamespaceForbiddenError),
    "free names": Row(FREE_NAMES, REQUEST, None),
    "a distribution of another namespace": Row(DISTRIBUTION_OF_OTHERS, BY_ACME, DistributionConflictError),
    "a distribution of another namespace, for the platform": Row(DISTRIBUTION_OF_OTHERS, REQUEST, None),
    "a file name of other bytes, which are announced": Row(
        FILE_OF_OTHER_BYTES, SAME_DIGEST, WheelFilenameConflictError
    ),
    "a file name of other bytes, with no digest announced": Row(FILE_OF_OTHER_BYTES, REQUEST, None),
}


@pytest.mark.parametrize("row", CHECKS.values(), ids=CHECKS)
def test_a_request_is_checked_before_the_wheel_is_fetched(row: Row) -> None:
    if row.refusal is None:
        check(row.state, row.request)
    else:
        with pytest.raises(row.refusal):
            check(row.state, row.request)


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (a_request(name=a_name("acme/gcp")), NamespaceForbiddenError),
        (a_request(version=SemVer.parse("1.0.0-nightly")), UnmatchableVersionError),
        (a_request(version=SemVer.parse("1.0.0-nightly"), name=a_name("acme/gcp")), NamespaceForbiddenError),
    ],
)
def test_a_request_is_checked_by_itself_first(request_: Registration, refusal: type[RegistryError]) -> None:
    check_request(REQUEST)
    with pytest.raises(refusal):
        check_request(request_)


@dataclass(frozen=True)
class Decision:
    """The decision after the checks. ``write`` is the type of what is written, or of the error that is raised."""

    state: VersionSnapshot
    request: Registration
    outcome: CheckOutcome | None
    write: type | None
    created: bool = False


DECISIONS = {
    "nothing, verified": Decision(NOTHING, REQUEST, VERIFIED, Publish, created=True),
    "nothing, refused": Decision(NOTHING, REQUEST, REFUSED, RecordFailure),
    "failed, verified": Decision(FAILED, REQUEST, VERIFIED, Publish, created=True),
    "failed, refused": Decision(FAILED, REQUEST, REFUSED, RecordFailure),
    "failed, provider known, verified": Decision(FAILED_OF_A_KNOWN_PROVIDER, REQUEST, VERIFIED, Publish, created=True),
    "published, same content": Decision(PUBLISHED, REQUEST, None, None),
    "published, same content without metadata": Decision(PUBLISHED, WITHOUT_METADATA, None, None),
    "published, same content and other metadata": Decision(PUBLISHED, OTHER_METADATA, None, UpdateProvider),
    "published but not the newest, other metadata": Decision(NOT_THE_NEWEST, OTHER_METADATA, None, None),
    "published, other content": Decision(PUBLISHED, OTHER_CHANGELOG, None, VersionConflictError),
    "published meanwhile, same bytes": Decision(PUBLISHED, REQUEST, VERIFIED, None),
    "published meanwhile, same bytes and other metadata": Decision(PUBLISHED, OTHER_METADATA, VERIFIED, UpdateProvider),
    "published meanwhile, other bytes and no digest": Decision(
        PUBLISHED, REQUEST, Verified(OTHER_WHEEL, VERIFICATION, NOT_COMPARED), VersionConflictError
    ),
    "published meanwhile, refused": Decision(PUBLISHED, REQUEST, REFUSED, None),
    "yanked, same content": Decision(YANKED, REQUEST, None, None),
    "yanked, other content": Decision(YANKED, OTHER_CHANGELOG, None, VersionConflictError),
    "yanked meanwhile, refused": Decision(YANKED, REQUEST, REFUSED, None),
    "of another organisation, verified": Decision(OF_ANOTHER_ORGANISATION, BY_ACME, VERIFIED, NamespaceForbiddenError),
    "of another organisation, refused": Decision(OF_ANOTHER_ORGANISATION, BY_ACME, REFUSED, NamespaceForbiddenError),
    "distribution taken meanwhile": Decision(DISTRIBUTION_OF_OTHERS, BY_ACME, VERIFIED, DistributionConflictError),
    "file name taken meanwhile": Decision(FILE_OF_OTHER_BYTES, REQUEST, VERIFIED, WheelFilenameConflictError),
    "file name taken, but the wheel is refused": Decision(FILE_OF_OTHER_BYTES, REQUEST, REFUSED, RecordFailure),
}  # fmt: skip


@pytest.mark.parametrize("row", DECISIONS.values(), ids=DECISIONS)
def test_a_decision_follows_from_the_state_the_request_and_the_checks(row: Decision) -> None:
    def decided() -> tuple[object, bool]:
        write, registered = decide(row.state, row.request, row.outcome, runtime_version=RUNTIME_VERSION, now=LATER)
        return write, registered.created

    if row.write is not None and issubclass(row.write, RegistryError):
        with pytest.raises(row.write):
            decided()
        return
    write, created = decided()
    assert type(write) is (row.write or type(None))
    assert created is row.created


def test_a_published_version_carries_the_request_and_what_was_verified() -> None:
    request = replace(BY_ACME, request_id="req_1")

    write, registered = decide(NOTHING, request, VERIFIED, runtime_version=RUNTIME_VERSION, now=LATER)

    assert isinstance(write, Publish)
    assert registered.version == write.version
    assert (write.version.status, write.version.registered_by) == (VersionStatus.PUBLISHED, "user_1")
    assert (write.version.wheel, write.version.verification) == (WHEEL, VERIFICATION)
    assert (write.version.runtime_version, write.version.published_at) == (RUNTIME_VERSION, LATER)
    assert (write.metadata, write.organization_id, write.organization_name) == (some_metadata(), "org_acme", "Acme")
    assert (write.event.action, write.event.actor, write.event.request_id) == (
        LifecycleAction.PUBLISHED,
        "user_1",
        "req_1",
    )


def test_a_recorded_failure_carries_the_refusal() -> None:
    write, _ = decide(NOTHING, REQUEST, REFUSED, runtime_version=RUNTIME_VERSION, now=LATER)

    assert isinstance(write, RecordFailure)
    assert (write.version.error_code, write.version.error_message) == ("wheel_not_an_archive", "no archive")
    assert (write.version.verification, write.event.reason) == (VERIFICATION, "no archive")


def test_a_failed_version_keeps_the_time_of_its_first_attempt() -> None:
    write, _ = decide(FAILED, REQUEST, VERIFIED, runtime_version=RUNTIME_VERSION, now=LATER)

    assert isinstance(write, Publish)
    assert (write.version.created_at, write.version.published_at, write.version.error_code) == (NOW, LATER, None)


@pytest.mark.parametrize(
    ("state", "display_name"), [(NOTHING, "pragmatiks-gcp-provider"), (NEW_OF_A_KNOWN_PROVIDER, None)]
)
def test_metadata_is_derived_from_the_wheel_only_where_there_is_none(
    state: VersionSnapshot, display_name: str | None
) -> None:
    write, _ = decide(state, METADATA_FROM_WHEEL, VERIFIED, runtime_version=RUNTIME_VERSION, now=LATER)

    assert isinstance(write, Publish)
    assert (write.metadata and write.metadata.display_name) == display_name


def test_a_conflict_names_what_differs() -> None:
    with pytest.raises(VersionConflictError) as raised:
        decide(PUBLISHED, OTHER_CHANGELOG, None, runtime_version=RUNTIME_VERSION, now=LATER)

    assert (raised.value.differences, raised.value.status) == (("changelog",), "published")


def test_a_digest_that_was_not_announced_is_compared_with_the_bytes_once_they_are_known() -> None:
    assert REQUEST.announcement.sha256 is None
    other = Verified(replace(WHEEL, sha256=Sha256Digest("0" * 64)), VERIFICATION, NOT_COMPARED)

    with pytest.raises(VersionConflictError) as raised:
        decide(PUBLISHED, REQUEST, other, runtime_version=RUNTIME_VERSION, now=LATER)

    assert raised.value.differences == ("sha256",)
