"""The rules of registering a version: pure functions of the stored state and the request."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from domain.announcements import Announcement
from domain.catalog import CatalogMetadata
from domain.compatibility.assessment import Compatibility, baseline_for
from domain.compatibility.gate import AcceptedBreak
from domain.errors import MetadataRequiredError, RegistryError, VersionConflictError
from domain.history import LifecycleAction, LifecycleEvent
from domain.names import ProviderName
from domain.provenance.admission import Admitted, CheckedProvenance, Step
from domain.registrants import Registrant
from domain.semver import SemVer
from domain.verification import Verification
from domain.version_state import Publish, RecordFailure, UpdateProvider, VersionSnapshot, VersionWrite
from domain.versions import ProviderVersion
from domain.wheel.file import Sha256Digest
from domain.wheel.verified_wheel import VerifiedWheel


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A request to register a version.

    Attributes:
        metadata: How to show the provider. Required until its first version is published.
        metadata_from_wheel: Whether to derive required metadata from the wheel if the request has none.
        accept_breaking: Which breaking changes are meant. No part of the version's identity.
        attestations: As they were sent. No part of the version's identity.
        request_id: Recorded in the version's history.
    """

    registrant: Registrant
    name: ProviderName
    version: SemVer
    announcement: Announcement
    metadata: CatalogMetadata | None = None
    metadata_from_wheel: bool = False
    accept_breaking: AcceptedBreak | None = None
    attestations: tuple[bytes, ...] = ()
    request_id: str | None = None

    def step(self, *, at: datetime) -> Step:
        """Return the step that this request takes."""
        return Step(at=at, actor=self.registrant.actor, request_id=self.request_id)

    def event(self, action: LifecycleAction, *, at: datetime, reason: str | None = None) -> LifecycleEvent:
        """Return the history entry of a step that this request takes."""
        return LifecycleEvent(
            action=action, at=at, actor=self.registrant.actor, request_id=self.request_id, reason=reason
        )


@dataclass(frozen=True, slots=True)
class Registered:
    """The result of a registration.

    Attributes:
        created: Whether this request published the version; False if the same content was public already.
    """

    version: ProviderVersion
    created: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """The announcement passed every check."""

    wheel: VerifiedWheel
    verification: Verification
    compatibility: Compatibility
    provenance: CheckedProvenance | None = None

    def is_current(self, version: SemVer, state: VersionSnapshot) -> bool:
        """Tell whether the version was compared with what is its baseline in that state."""
        return baseline_for(version, state.neighbours) == self.compatibility.baseline


@dataclass(frozen=True, slots=True)
class Refused:
    """The announcement failed a check for good."""

    error: RegistryError
    verification: Verification | None = None


class OutdatedBaselineError(Exception):
    """A version was compared with what is not its baseline any more, since others were published or yanked.

    Attributes:
        verified: What the checks found, to be compared again.
    """

    def __init__(self, verified: Verified) -> None:
        super().__init__()
        self.verified = verified


CheckOutcome: TypeAlias = Verified | Refused


def check_request(registration: Registration) -> None:
    """Apply the rules that need neither the stored state nor the wheel.

    Raises:
        NamespaceForbiddenError: The registrant may not publish under that name.
        UnmatchableVersionError: No wheel can carry that version.
    """
    registration.registrant.authorise(registration.name)
    _ = registration.version.pep440


def check(state: VersionSnapshot, registration: Registration) -> None:
    """Apply all rules that need no wheel.

    Raises:
        NamespaceForbiddenError: The provider belongs to another organisation.
        VersionConflictError: The version is public, or being built, with other content.
        DistributionConflictError: The wheel's distribution belongs to another namespace.
        WheelFilenameConflictError: The wheel's file name belongs to another digest.
        MetadataRequiredError: The provider has no metadata, and the request neither sends nor derives any.
    """
    state.require_owner(registration.registrant.organization_id)
    if state.public_version is not None:
        _require_same(state.public_version, registration.announcement)
        return
    if state.building_version is not None:
        _require_same(state.building_version, registration.announcement)
    _require_names(state, registration, registration.announcement.sha256)
    if registration.metadata is None and not registration.metadata_from_wheel and state.needs_metadata:
        raise MetadataRequiredError(
            f"this is the first version of {registration.name}; send metadata with a display_name and a description"
        )


def decide(
    state: VersionSnapshot,
    registration: Registration,
    outcome: CheckOutcome | None,
    *,
    runtime_version: str,
    now: datetime,
) -> tuple[VersionWrite | None, Registered]:
    """Decide what a registration writes, and with what result.

    Args:
        state: The state to write over. It may have changed since ``check``.
        registration: The request.
        outcome: What the checks of the wheel found; None if the version was public before, so that none were made.
        runtime_version: The platform's runtime version, which a new version pins.
        now: The time of the write.

    Raises:
        NamespaceForbiddenError: As ``check``.
        ConflictError: As ``check``, with the digest of the bytes that were fetched.
        OutdatedBaselineError: Another version than was compared with is the baseline now.
    """
    state.require_owner(registration.registrant.organization_id)
    public = state.public_version
    if isinstance(outcome, Refused):
        return record_refusal(state, registration, outcome, runtime_version=runtime_version, now=now)
    if public is None and outcome is not None:
        return _publish(state, registration, outcome, runtime_version=runtime_version, now=now)
    if public is None:
        raise AssertionError(
            f"{registration.name} {registration.version} was public; public versions are never deleted"
        )
    announced = registration.announcement
    if outcome is not None:  # another writer came first, and its bytes must be those that were fetched
        announced = replace(announced, sha256=outcome.wheel.sha256)
    _require_same(public, announced)
    return refresh_provider(state, registration, now), Registered(public, created=False)


def _publish(
    state: VersionSnapshot, registration: Registration, verified: Verified, *, runtime_version: str, now: datetime
) -> tuple[VersionWrite, Registered]:
    _require_names(state, registration, verified.wheel.sha256)
    if not verified.is_current(registration.version, state):
        raise OutdatedBaselineError(verified)
    compatibility = verified.compatibility
    if state.building_version is not None:
        _require_same(state.building_version, registration.announcement)
    building = begin_build(state, registration, runtime_version=runtime_version, now=now)
    published = building.publish(
        verified.wheel, at=now, verification=verified.verification, compatibility=compatibility.summary
    )
    derives = registration.metadata_from_wheel and state.needs_metadata
    write = Publish(
        version=published,
        event=registration.event(LifecycleAction.PUBLISHED, at=now),
        compatibility=compatibility,
        provenance=_admitted(verified, state, registration, now),
        metadata=registration.metadata or (CatalogMetadata.of_wheel(verified.wheel) if derives else None),
        organization_id=registration.registrant.organization_id,
        organization_name=registration.registrant.organization_name,
    )
    return write, Registered(published, created=True)


def _admitted(verified: Verified, state: VersionSnapshot, registration: Registration, now: datetime) -> Admitted | None:
    """Hold the attestations to the publisher as it is by now."""
    if verified.provenance is None:
        return None
    return verified.provenance.admit(state.publishers, registration.version, registration.step(at=now))


def record_refusal(
    state: VersionSnapshot, registration: Registration, refused: Refused, *, runtime_version: str, now: datetime
) -> tuple[VersionWrite | None, Registered]:
    """Decide what a final refusal writes: a failed version, unless it is public or other content is being built."""
    if state.public_version is not None:  # a refusal never touches what is public
        return None, Registered(state.public_version, created=False)
    started = state.building_version
    if started is not None and started.differences(registration.announcement):  # another one is being built
        return None, Registered(started, created=False)
    building = begin_build(state, registration, runtime_version=runtime_version, now=now)
    failed = building.fail(refused.error, at=now, verification=refused.verification)
    event = registration.event(LifecycleAction.FAILED, at=now, reason=refused.error.detail)
    write = RecordFailure(version=failed, event=event, organization_id=registration.registrant.organization_id)
    return write, Registered(failed, created=False)


def begin_build(
    state: VersionSnapshot,
    registration: Registration,
    *,
    runtime_version: str,
    now: datetime,
    registration_id: UUID | None = None,
) -> ProviderVersion:
    """Return the version as it is being built: as it was accepted, again after a failure, or for the first time."""
    registered_by = registration.registrant.actor
    if state.building_version is not None:
        return state.building_version
    if state.version is not None:
        return state.version.rebuild(
            registration.announcement,
            runtime_version=runtime_version,
            registered_by=registered_by,
            at=now,
            registration_id=registration_id,
        )
    return ProviderVersion.begin(
        registration.name,
        registration.version,
        registration.announcement,
        runtime_version=runtime_version,
        registered_by=registered_by,
        at=now,
        registration_id=registration_id,
    )


def refresh_provider(state: VersionSnapshot, registration: Registration, now: datetime) -> UpdateProvider | None:
    """A repeat of the newest version updates how the provider is shown, if it is shown otherwise."""
    provider = state.provider
    if provider is None or state.newest != registration.version:
        return None
    metadata, organization_name = registration.metadata, registration.registrant.organization_name
    if metadata in {None, provider.metadata} and organization_name in {None, provider.organization_name}:
        return None
    return UpdateProvider(
        at=now,
        metadata=metadata,
        organization_name=organization_name,
        actor=registration.registrant.actor,
        request_id=registration.request_id,
    )


def _require_names(state: VersionSnapshot, registration: Registration, sha256: Sha256Digest | None) -> None:
    if state.names is not None:
        state.names.require_free(
            registration.announcement.wheel_url.filename,
            registration.name,
            organization_id=registration.registrant.organization_id,
            sha256=sha256,
        )


def _require_same(stored: ProviderVersion, announcement: Announcement) -> None:
    differences = stored.differences(announcement)
    if differences:
        is_public = stored.status.is_public
        raise VersionConflictError(
            f"{stored.name} {stored.version} is already {stored.status} with different {', '.join(differences)}; "
            + ("published content never changes, so raise the version" if is_public else "wait until that has ended"),
            differences=differences,
            status=stored.status,
        )
