"""Keeping provider versions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from domain.catalog import CatalogMetadata, Provider
from domain.distributions import DistributionAction, DistributionEvent
from domain.history import LifecycleEvent
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel_filenames import WheelFilename
from domain.wheel_names import WheelNames


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store holds around one version.

    Attributes:
        provider: None if nothing was ever recorded under the name.
        version: The version in any status, or None.
        newest: The highest public version of the provider, or None.
        names: The names of the wheel that was asked about; None if none was.
        revision: By what the store knows whether anything was written under the name since.
    """

    provider: Provider | None
    version: ProviderVersion | None
    newest: SemVer | None
    names: WheelNames | None = None
    revision: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a decision writes; nothing by default.

    Attributes:
        version: Replaces the stored version of the same name and number, or is added. Its provider is created,
            without catalog metadata, if it is not there.
        metadata: Replaces the provider's catalog metadata.
        event: Is appended to the history of the version that is written.
        at: When the provider is replaced; to be given when no version is written whose ``updated_at`` says so.
        organization_id: The owner of the provider and of the wheel's names, should the change be the one that creates
            or claims them.
        organization_name: Replaces what the organisation that publishes the provider is called.

    Raises:
        ValueError: An event without a version, or a time that is missing or said twice.
    """

    version: ProviderVersion | None = None
    metadata: CatalogMetadata | None = None
    event: LifecycleEvent | None = None
    at: datetime | None = None
    organization_id: str | None = None
    organization_name: str | None = None

    def __post_init__(self) -> None:
        """Refuse what a store could not place."""
        if self.event is not None and self.version is None:
            raise ValueError("an event is kept with the version that it happened to")
        if (self.at is not None) != (self._shows_anew and self.version is None):
            raise ValueError("a provider that is replaced alone comes with the time, and nothing else does")

    @property
    def time(self) -> datetime:
        """When the change happens.

        Raises:
            ValueError: It changes nothing.
        """
        at = self.at if self.version is None else self.version.updated_at
        if at is None:
            raise ValueError("nothing changes, so at no time")
        return at

    @property
    def _shows_anew(self) -> bool:
        return self.metadata is not None or self.organization_name is not None

    def provider(self, name: ProviderName, before: Provider | None) -> Provider:
        """Return the provider after the change. What is not public of a version does not show in its times either."""
        if before is None:
            return Provider(
                name=name,
                metadata=self.metadata,
                created_at=self.time,
                updated_at=self.time,
                organization_id=self.organization_id,
                organization_name=self.organization_name,
            )
        shows = self._shows_anew or (self.version is not None and self.version.status.is_public)
        return replace(
            before,
            metadata=self.metadata or before.metadata,
            organization_name=self.organization_name or before.organization_name,
            updated_at=max(self.time, before.updated_at) if shows else before.updated_at,
        )

    def after(self, name: ProviderName, before: Stored) -> Stored:
        """Return the state after the change, which no other writer can have touched meanwhile."""
        written = self.version
        public = [written.version] if written is not None and written.status.is_public else []
        newest = [] if before.newest is None else [before.newest]
        return Stored(
            provider=self.provider(name, before.provider),
            version=written or before.version,
            newest=max(public + newest, default=None),
            names=self.names(before),
        )

    def names(self, before: Stored) -> WheelNames | None:
        """Return the wheel's names after the change. Only a version that becomes public claims them."""
        written = self.version
        if before.names is None or written is None or not written.status.is_public:
            return before.names
        if before.version is not None and before.version.status.is_public:
            return before.names
        return before.names.after(written, self.organization_id)

    def event_of_names(self, before: Stored) -> DistributionEvent | None:
        """Return what to keep of a change of the distribution's owner, if its owner changes."""
        after = self.names(before)
        if after is None or after.distribution is None or before.names is None or self.version is None:
            return None
        held = before.names.distribution
        if after.distribution == held:
            return None
        is_taken = held is not None and held.prefix != after.distribution.prefix
        return DistributionEvent(
            action=DistributionAction.TAKEN_OVER if is_taken else DistributionAction.CLAIMED,
            owner=after.distribution,
            at=self.time,
            actor=self.version.registered_by,
            request_id=None if self.event is None else self.event.request_id,
        )


Decision = Callable[[Stored], Change]
"""Looks at what is stored and says what to write. Pure: it may be called again when another writer came first. What it
raises passes through, and nothing is written."""


class VersionStore(Protocol):
    """Keeps providers and their versions.

    Every method raises ``StoreUnavailableError`` when the store is unreachable.
    """

    async def look(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> Stored:
        """Return what is stored around a version, as of now and without locks.

        With ``wheel``, that includes who holds its names.
        """
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
        """Decide on the stored state and write the change; return the state after it.

        What is written was decided on the very state that it is written over: each decision sees what earlier writers
        committed, and of concurrent first writers exactly one finds nothing. When the decision raises, nothing is
        written.

        With ``wheel``, the decision sees its names, and a version that becomes public claims them in the same
        transaction. Of concurrent claims of one name, exactly one finds it free.

        ``seen`` is what ``look`` returned for that version and wheel. It may be decided on first, without looking
        again; if the decision is to write nothing, it stands. What is returned was committed for good: on replicas that
        commits wait for as well.
        """
        ...

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        """Return a public (published or yanked) version, or None.

        The readme of its wheel is left out (None), here and in all that follows: it is the catalog that shows it.
        """
        ...

    async def find_latest(self, name: ProviderName) -> ProviderVersion | None:
        """Return the highest published stable version, a pre-release only when there is no stable one, or None."""
        ...

    async def list_versions(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        """Return the provider's public versions, newest first by precedence; empty if there are none.

        Schemas, changelog and verification are left out (None): they are large, and lists do not show them.

        Args:
            name: The provider.
            limit: At most that many; None for all.
            before: Only versions of a lower precedence than this one, which need not exist.
        """
        ...

    async def history(
        self, name: ProviderName, version: SemVer, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[LifecycleEvent]:
        """Return what happened to a version, oldest first in the order of writing, whatever the times say.

        At most ``limit`` events after the first ``offset``, which are always the same ones. Empty for an unknown
        version. A version that is not public has a history too; whether to show it is for the caller to decide.
        """
        ...

    async def check(self) -> None:
        """Return if the store can serve.

        Raises:
            StoreUnavailableError: It is unreachable, or its layout is not the one this release needs.
        """
        ...
