"""The stored state around one version, and what a decision writes over it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from domain.catalog import CatalogMetadata, Provider, latest
from domain.compatibility.assessment import Compatibility, PublicVersion
from domain.compatibility.report import VersionSchemas
from domain.distributions import DistributionAction, DistributionEvent, WheelNames
from domain.history import LifecycleEvent, MetadataEvent
from domain.names import ProviderName
from domain.provenance.admission import Admitted
from domain.provenance.record import PublisherEvent, PublisherRecord
from domain.semver import SemVer
from domain.tasks import Task
from domain.versions import ProviderVersion, VersionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Adds a published version, or replaces a failed one, and claims the names of its wheel.

    Attributes:
        metadata: Replaces the provider's catalog metadata, unless it is None.
        organization_id: Owner of the provider and of the wheel's names, if this write creates or claims them.
        organization_name: Replaces the display name of the provider's organisation, unless it is None.
        compatibility: The comparison with the version's baseline, kept beside it.
        provenance: The attestations that are kept with it, and what they change about the publisher.
    """

    version: ProviderVersion
    event: LifecycleEvent
    compatibility: Compatibility | None = None
    provenance: Admitted | None = None
    metadata: CatalogMetadata | None = None
    organization_id: str | None = None
    organization_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFailure:
    """Adds or replaces a failed version. It shows nowhere in public.

    Attributes:
        organization_id: Owner of the provider, if this write creates it.
    """

    version: ProviderVersion
    event: LifecycleEvent
    organization_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBuild:
    """Adds a building version, or replaces a failed one by it, together with the task that builds it.

    It shows nowhere in public, and is no step that the history keeps: its outcome is.

    Attributes:
        organization_id: Owner of the provider, if this write creates it.
    """

    version: ProviderVersion
    task: Task
    organization_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStatus:
    """Replaces a public version by its yanked or restored successor."""

    version: ProviderVersion
    event: LifecycleEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProvider:
    """Changes how a provider is shown, and nothing else; None keeps what is there.

    Attributes:
        actor: Id of the registrant who changes it.
    """

    at: datetime
    metadata: CatalogMetadata | None = None
    organization_name: str | None = None
    actor: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attest:
    """Adds attestations to a public version, which stays as it is. Those that it has already are not added again."""

    at: datetime
    version: ProviderVersion
    provenance: Admitted


VersionWrite: TypeAlias = Publish | RecordFailure | StartBuild | ChangeStatus | UpdateProvider | Attest


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSnapshot:
    """The stored state around one version.

    Attributes:
        provider: None if nothing was ever recorded under the name.
        version: The version in any status, or None.
        newest: The highest public version of the provider, or None.
        latest: What ``latest`` means, or None.
        names: The names of the wheel that was asked about; None if none was.
        neighbours: The public versions that decide on the version's baseline (``neighbours_of``), if a wheel was asked
            about; empty otherwise.
        publishers: What was decided about the provider's publisher.
        revision: Token for optimistic concurrency control, opaque to all but the repository.
    """

    provider: Provider | None = None
    version: ProviderVersion | None = None
    newest: SemVer | None = None
    latest: SemVer | None = field(default=None, compare=False)
    names: WheelNames | None = None
    neighbours: tuple[PublicVersion, ...] = ()
    publishers: PublisherRecord = field(default_factory=PublisherRecord)
    revision: int | None = field(default=None, compare=False)

    @property
    def public_version(self) -> ProviderVersion | None:
        """The version, if it is published or yanked."""
        return self.version if self.version is not None and self.version.status.is_public else None

    @property
    def building_version(self) -> ProviderVersion | None:
        """The version, if it is being built."""
        return self.version if self.version is not None and self.version.status is VersionStatus.BUILDING else None

    @property
    def needs_metadata(self) -> bool:
        """Whether it was never said how the provider is shown."""
        return self.provider is None or self.provider.metadata is None

    def require_owner(self, organization_id: str | None) -> None:
        """Return if the provider is that organisation's, or not there yet.

        Raises:
            NamespaceForbiddenError: It is another organisation's.
        """
        if self.provider is not None:
            self.provider.require_owner(organization_id)

    def after(self, write: VersionWrite) -> "VersionSnapshot":
        """Return the state after a write.

        Raises:
            ValueError: The write updates a provider that does not exist.
        """
        if isinstance(write, UpdateProvider):
            if self.provider is None:
                raise ValueError("there is no provider to update")
            provider = self.provider.updated(
                at=write.at, metadata=write.metadata, organization_name=write.organization_name
            )
            return replace(self, provider=provider)
        publishers = self.publishers
        for event in publisher_events(write):
            publishers = publishers.after(event)
        if isinstance(write, Attest):
            touched = self.provider and self.provider.updated(at=write.at)
            return replace(self, provider=touched, publishers=publishers)
        version = write.version
        newest = [number for number in (self.newest, _public_number(version)) if number is not None]
        return VersionSnapshot(
            provider=self._provider_after(write),
            version=version,
            newest=max(newest, default=None),
            names=self._names_after(write),
            neighbours=self.neighbours,
            publishers=publishers,
        )

    def ownership_event(self, write: VersionWrite) -> DistributionEvent | None:
        """Return the event that records a new owner of the wheel's distribution; None if the owner stays."""
        after = self._names_after(write)
        if not isinstance(write, Publish) or self.names is None or after is None or after.distribution is None:
            return None
        owner = self.names.distribution
        if after.distribution == owner:
            return None
        is_taken_over = owner is not None and owner.prefix != after.distribution.prefix
        return DistributionEvent(
            action=DistributionAction.TAKEN_OVER if is_taken_over else DistributionAction.CLAIMED,
            owner=after.distribution,
            at=write.version.updated_at,
            actor=write.version.registered_by,
            request_id=write.event.request_id,
        )

    def newly_searched(self, write: VersionWrite) -> ProviderVersion | None:
        """Return the version whose resource types are searched from now on; None if those of another one are."""
        if not isinstance(write, Publish | ChangeStatus) or write.version.status is not VersionStatus.PUBLISHED:
            return None
        number = write.version.version
        return write.version if latest([number, *([] if self.latest is None else [self.latest])]) == number else None

    def is_search_outdated(self, write: VersionWrite) -> bool:
        """Tell whether a write yanks the version whose resource types are searched."""
        if not isinstance(write, ChangeStatus) or write.version.status is not VersionStatus.YANKED:
            return False
        return write.version.version == self.latest

    def metadata_event(self, write: VersionWrite) -> MetadataEvent | None:
        """Return the event that records how the provider is shown from now on; None if that stays."""
        if not isinstance(write, Publish | UpdateProvider) or write.metadata is None:
            return None
        if self.provider is not None and self.provider.metadata == write.metadata:
            return None
        cause = write.event if isinstance(write, Publish) else write
        return MetadataEvent(metadata=write.metadata, at=cause.at, actor=cause.actor, request_id=cause.request_id)

    def _provider_after(self, write: Publish | RecordFailure | StartBuild | ChangeStatus) -> Provider:
        version, metadata, organization_name = write.version, None, None
        if isinstance(write, Publish):
            metadata, organization_name = write.metadata, write.organization_name
        if self.provider is not None:
            if isinstance(write, RecordFailure | StartBuild):
                return self.provider
            return self.provider.updated(at=version.updated_at, metadata=metadata, organization_name=organization_name)
        return Provider(
            name=version.name,
            metadata=metadata,
            created_at=version.updated_at,
            updated_at=version.updated_at,
            organization_id=None if isinstance(write, ChangeStatus) else write.organization_id,
            organization_name=organization_name,
        )

    def _names_after(self, write: VersionWrite) -> WheelNames | None:
        if self.names is None or not isinstance(write, Publish):
            return self.names
        return self.names.after(write.version, write.organization_id)


def written_version(write: VersionWrite, name: ProviderName, number: SemVer) -> ProviderVersion | None:
    """Return the version that a write adds or replaces, which must be the one that was decided on; None if none.

    Raises:
        ValueError: It is another version.
    """
    if isinstance(write, UpdateProvider | Attest):
        return None
    written = write.version
    if (written.name, written.version) != (name, number):
        raise ValueError(f"a decision on {name} {number} would write {written.name} {written.version}")
    return written


def publisher_events(write: VersionWrite) -> tuple[PublisherEvent, ...]:
    """Return what a write changes about the provider's publisher."""
    provenance = write.provenance if isinstance(write, Publish | Attest) else None
    return () if provenance is None else provenance.events


def as_public(version: ProviderVersion) -> PublicVersion:
    """Return a public version as far as the choice of a baseline needs it."""
    return PublicVersion(
        version.version,
        is_yanked=version.status is VersionStatus.YANKED,
        has_schemas=VersionSchemas.of(version.announcement).are_known,
    )


def _public_number(version: ProviderVersion) -> SemVer | None:
    return version.version if version.status.is_public else None
