"""Registering a provider version: the registry's main job."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from application.fair_share import FairShare
from application.ports.clock import Clock
from application.ports.version_store import Change, Decision, Stored
from application.use_cases.check_schemas import CheckSchemas
from application.use_cases.verify_wheel import VerifyWheel, WheelClaims
from application.withholding import network_withheld
from domain.accounts import Account
from domain.announcements import Announcement
from domain.catalog import CatalogMetadata
from domain.digests import Sha256Digest
from domain.errors import (
    AnnouncementRefusedError,
    MetadataRequiredError,
    VersionConflictError,
)
from domain.history import LifecycleAction, LifecycleEvent
from domain.machines import Registrant
from domain.names import ProviderName
from domain.semver import SemVer
from domain.verification import Examination
from domain.versions import ProviderVersion
from domain.wheel_filenames import WheelFilename
from domain.wheels import ProvenWheel


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The command: who registers what.

    Attributes:
        metadata: How to show the provider; needed until its first version is published.
        metadata_from_wheel: Whether to derive metadata that is needed and not given from the wheel.
        request_id: Name of the request, to be kept in the version's history.
    """

    registrant: Registrant
    name: ProviderName
    version: SemVer
    announcement: Announcement
    metadata: CatalogMetadata | None = None
    metadata_from_wheel: bool = False
    request_id: str | None = None

    def event(self, action: LifecycleAction, *, at: datetime, reason: str | None = None) -> LifecycleEvent:
        """Return what to keep of a step that this registration takes."""
        return LifecycleEvent(
            action=action, at=at, actor=self.registrant.actor, request_id=self.request_id, reason=reason
        )


@dataclass(frozen=True, slots=True)
class Registered:
    """The result.

    Attributes:
        created: Whether this call registered the version; False if it stood there with the same content.
    """

    version: ProviderVersion
    created: bool


class VersionRecord(Protocol):
    """What a registration needs of a ``VersionStore``, whose promises hold; a rehearsal puts its own in the place."""

    async def look(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> Stored:
        """Return what is stored around a version, and around its wheel's names."""
        ...

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decision,
        *,
        seen: Stored | None = None,
        wheel: WheelFilename | None = None,
    ) -> Stored:
        """Decide, write the change, and return the state after it."""
        ...


class RegisterVersion:
    """Registers wheel-backed provider versions. Safe to repeat, whole or not at all."""

    def __init__(
        self,
        *,
        store: VersionRecord,
        check_schemas: CheckSchemas,
        verify_wheel: VerifyWheel,
        clock: Clock,
        runtime_version: str,
        checks: FairShare,
    ) -> None:
        """Take the ports and checks, the platform's runtime version to pin on every version, and who may check when."""
        self._store = store
        self._check_schemas = check_schemas
        self._verify_wheel = verify_wheel
        self._clock = clock
        self._runtime_version = runtime_version
        self._checks = checks

    async def execute(self, registration: Registration) -> Registered:
        """Prove the wheel and publish the version, or find it published already.

        All network work is done before anything is written. A final refusal of the schemas or the wheel is recorded as
        a failed version, which a later registration replaces; transient failures record nothing.

        Raises:
            NamespaceForbiddenError: The registrant may not publish under that name.
            UnmatchableVersionError: No wheel can carry that version.
            VersionConflictError: The version is public with other content.
            DistributionConflictError: The wheel's distribution belongs to another namespace.
            WheelFilenameConflictError: The wheel's file name belongs to another digest.
            MetadataRequiredError: The provider's first publish, without metadata and without leave to derive it.
            SchemaRefusedError: A schema is no JSON Schema, or not complete in itself; the wheel was not fetched.
            WheelRefusedError: The wheel is not what was announced.
            TooManyRegistrationsError: The registrant's account has as much under way as it may.
            TransientError: Something was out of reach, or too much is under way; nothing was written.
        """
        registration.registrant.authorise(registration.name)
        pep440 = registration.version.pep440
        filename = registration.announcement.wheel_url.filename
        stored = await self._store.look(registration.name, registration.version, wheel=filename)
        _require_owner(registration, stored)
        if _public(stored) is not None:
            return await self._repeat(registration, stored)
        _require_names(registration, stored, registration.announcement.sha256)
        _require_metadata(registration, stored)
        examination, account = Examination(), Account.of(registration.registrant)
        try:
            async with self._checks.hold(account):
                await self._check_schemas.execute(registration.announcement, examination)
                with network_withheld(account):
                    wheel = await self._verify_wheel.execute(
                        registration.announcement.wheel_url,
                        WheelClaims.of(registration.announcement, pep440),
                        examination,
                    )
        except AnnouncementRefusedError as refusal:
            await self._record_failure(registration, refusal, examination, seen=stored)
            raise
        return await self._publish(registration, wheel, examination, seen=stored)

    async def _repeat(self, registration: Registration, stored: Stored) -> Registered:
        stored = await self._store.update(
            registration.name,
            registration.version,
            lambda current: self._repetition(registration, current),
            seen=stored,
        )
        return Registered(_existing(registration, stored), created=False)

    async def _publish(
        self, registration: Registration, wheel: ProvenWheel, examination: Examination, *, seen: Stored
    ) -> Registered:
        owner = registration.registrant.organization_id
        created = False

        def decide(stored: Stored) -> Change:
            nonlocal created
            _require_owner(registration, stored)
            created = _public(stored) is None
            if not created:  # another writer came first; bytes have been read by now, and its bytes must be these
                fetched = replace(registration.announcement, sha256=wheel.sha256)
                return self._repetition(replace(registration, announcement=fetched), stored)
            _require_names(registration, stored, wheel.sha256)
            building = self._building(registration, stored.version)
            at = building.updated_at
            published = building.publish(wheel, at=at, verification=examination.verdict(at=at))
            event = registration.event(LifecycleAction.PUBLISHED, at=at)
            return Change(
                version=published,
                metadata=registration.metadata or _derived_metadata(registration, stored, wheel),
                event=event,
                organization_id=owner,
                organization_name=registration.registrant.organization_name,
            )

        filename = registration.announcement.wheel_url.filename
        stored = await self._store.update(registration.name, registration.version, decide, seen=seen, wheel=filename)
        return Registered(_existing(registration, stored), created=created)

    async def _record_failure(
        self, registration: Registration, refusal: AnnouncementRefusedError, examination: Examination, *, seen: Stored
    ) -> None:
        owner = registration.registrant.organization_id

        def decide(stored: Stored) -> Change:
            _require_owner(registration, stored)
            if _public(stored) is not None:
                return Change()
            building = self._building(registration, stored.version)
            at = building.updated_at
            failed = building.fail(refusal, at=at, verification=examination.verdict(at=at))
            event = registration.event(LifecycleAction.FAILED, at=at, reason=refusal.detail)
            return Change(version=failed, event=event, organization_id=owner)

        await self._store.update(registration.name, registration.version, decide, seen=seen)

    def _building(self, registration: Registration, earlier: ProviderVersion | None) -> ProviderVersion:
        terms = {
            "runtime_version": self._runtime_version,
            "registered_by": registration.registrant.actor,
        }
        at = self._clock.now()
        if earlier is not None:
            return earlier.rebuild(registration.announcement, **terms, at=at)
        return ProviderVersion.begin(registration.name, registration.version, registration.announcement, **terms, at=at)

    def _repetition(self, registration: Registration, stored: Stored) -> Change:
        """Return what a repeat writes: nothing, or how the provider is shown if the version is its newest.

        Raises:
            VersionConflictError: It is no repeat, the content differs.
        """
        _require_same(registration, _existing(registration, stored))
        if stored.provider is None or stored.newest != registration.version:
            return Change()
        metadata, organization_name = registration.metadata, registration.registrant.organization_name
        if metadata in {None, stored.provider.metadata} and organization_name in {
            None,
            stored.provider.organization_name,
        }:
            return Change()
        return Change(metadata=metadata, organization_name=organization_name, at=self._clock.now())


def _require_owner(registration: Registration, stored: Stored) -> None:
    if stored.provider is not None:
        stored.provider.require_owner(registration.registrant.organization_id)


def _require_names(registration: Registration, stored: Stored, sha256: Sha256Digest | None) -> None:
    if stored.names is not None:
        stored.names.require_free(
            registration.announcement.wheel_url.filename,
            registration.name,
            organization_id=registration.registrant.organization_id,
            sha256=sha256,
        )


def _public(stored: Stored) -> ProviderVersion | None:
    return stored.version if stored.version is not None and stored.version.status.is_public else None


def _existing(registration: Registration, stored: Stored) -> ProviderVersion:
    if stored.version is None:
        raise AssertionError(f"{registration.name} {registration.version} vanished; versions are never deleted")
    return stored.version


def _require_same(registration: Registration, existing: ProviderVersion) -> None:
    differences = existing.differences(registration.announcement)
    if differences:
        raise VersionConflictError(
            f"{existing.name} {existing.version} is already {existing.status} with different "
            f"{', '.join(differences)}; published content never changes, so raise the version",
            differences=differences,
            status=existing.status,
        )


def _needs_metadata(stored: Stored) -> bool:
    return stored.provider is None or stored.provider.metadata is None


def _derived_metadata(registration: Registration, stored: Stored, wheel: ProvenWheel) -> CatalogMetadata | None:
    derives = registration.metadata_from_wheel and _needs_metadata(stored)
    return CatalogMetadata.of_wheel(wheel) if derives else None


def _require_metadata(registration: Registration, stored: Stored) -> None:
    if registration.metadata is None and not registration.metadata_from_wheel and _needs_metadata(stored):
        raise MetadataRequiredError(
            f"this is the first version of {registration.name}; send metadata with a display_name and a description"
        )
