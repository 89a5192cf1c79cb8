"""Versions in memory."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from adapters.changes import ChangeListeners
from adapters.memory.tasks import InMemoryTasks
from application.errors import LeaseLostError, StoreUnavailableError
from application.ports.version_repository import Decide, Result
from domain.catalog import Provider, latest
from domain.compatibility.assessment import Compatibility, neighbours_of
from domain.distributions import ClaimedFile, Distribution, DistributionEvent, WheelNames
from domain.history import HistoryEvent
from domain.log.extension import PendingMetadata, PendingStep, is_logged
from domain.mirror import MirroredWheel, RegisteredWheel
from domain.names import ProviderName
from domain.provenance.admission import Admitted
from domain.provenance.attestations import RecordedAttestation
from domain.provenance.record import PublisherEvent, PublisherRecord
from domain.schemas import ResourceSchemas
from domain.semver import SemVer
from domain.tasks import Lease
from domain.version_state import (
    Attest,
    Publish,
    StartBuild,
    UpdateProvider,
    VersionSnapshot,
    VersionWrite,
    as_public,
    publisher_events,
    written_version,
)
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.metadata import Readme

Copies = dict[Sha256Digest, tuple[MirroredWheel, datetime]]
"""The copies of wheels, and when they were verified."""


class InMemoryVersionRepository:
    """Keeps providers and versions as long as it lives. One event loop only.

    Attributes:
        unavailable: Set it to simulate an outage: every method then raises ``StoreUnavailableError``.
        listeners: Notified of every write.
        names: The names that wheels claim.
        mirrored: The copies of wheels, and when they were verified.
        attestations: By version, in the order in which they came.
        events: The histories of versions.
        publishers: What was decided about publishers.
        tasks: What is to be done.
        log_events: What the transparency log is made of, in the order of writing.
    """

    def __init__(self) -> None:
        self.listeners = ChangeListeners()
        self.tasks = InMemoryTasks()
        self.names = InMemoryNames()
        self.mirrored = Copies()
        self.log_events: list[PendingMetadata | PendingStep] = []
        self.attestations: dict[tuple[ProviderName, SemVer], list[RecordedAttestation]] = {}
        self.events: defaultdict[tuple[ProviderName, SemVer], list[HistoryEvent]] = defaultdict(list)
        self.publishers: dict[ProviderName, list[PublisherEvent]] = {}
        self._unavailable = False
        self._providers: dict[ProviderName, Provider] = {}
        self._versions: dict[ProviderName, dict[SemVer, ProviderVersion]] = {}
        self._reports: dict[tuple[ProviderName, SemVer], Compatibility] = {}
        self._revisions: Counter[ProviderName] = Counter()
        self._turn = asyncio.Lock()

    @property
    def unavailable(self) -> bool:
        """Whether an outage is simulated. Listeners are disconnected meanwhile."""
        return self._unavailable

    @unavailable.setter
    def unavailable(self, out: bool) -> None:
        self._unavailable = out
        notify = self.listeners.on_disconnected if out else self.listeners.on_connected
        notify()

    async def load(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        await self.ping()
        return self._snapshot(name, version, wheel)

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decide[Result],
        *,
        seen: VersionSnapshot | None = None,  # noqa: ARG002 -- reading again costs nothing here
        wheel: WheelFilename | None = None,
        lease: Lease | None = None,
    ) -> Result:
        """Decide and write, one writer at a time."""
        async with self._turn:
            await self.ping()
            if lease is not None and self.tasks.held(lease) is None:
                raise LeaseLostError
            before = self._snapshot(name, version, wheel)
            write, result = decide(before)
            if write is not None:
                self._write(name, version, before, write)
            if lease is not None:
                del self.tasks[lease.id]
            return result

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        await self.ping()
        found = self._versions.get(name, {}).get(version)
        return self._shown(found) if found is not None and found.status.is_public else None

    async def find_latest(self, name: ProviderName) -> ProviderVersion | None:
        await self.ping()
        published = (found.version for found in self._public(name) if found.status is VersionStatus.PUBLISHED)
        chosen = latest(published)
        return None if chosen is None else self._shown(self._versions[name][chosen])

    async def list_versions(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        await self.ping()
        listed = (found for found in self._public(name) if before is None or found.version < before)
        newest_first = sorted(listed, key=lambda found: found.version, reverse=True)
        return [as_listed(found) for found in newest_first[:limit]]

    async def list_schemas(self, name: ProviderName, versions: Sequence[SemVer]) -> Mapping[SemVer, ResourceSchemas]:
        await self.ping()
        found = {each.version: each.announcement.schemas for each in self._public(name) if each.version in versions}
        return {version: schemas for version, schemas in found.items() if schemas is not None}

    async def find_readme(self, name: ProviderName, version: SemVer) -> Readme | None:
        await self.ping()
        found = self._versions.get(name, {}).get(version)
        return found.wheel.readme if found is not None and found.status.is_public and found.wheel else None

    async def find_registration(self, registration_id: UUID) -> ProviderVersion | None:
        await self.ping()
        every = (found for versions in self._versions.values() for found in versions.values())
        named = next((found for found in every if found.registration_id == registration_id), None)
        return None if named is None else _without_readme(named)

    async def list_all(self, name: ProviderName) -> Sequence[ProviderVersion]:
        await self.ping()
        recorded = self._versions.get(name, {}).values()
        return [as_listed(found) for found in sorted(recorded, key=lambda found: found.version, reverse=True)]

    async def public(self) -> Sequence[tuple[Provider, Sequence[ProviderVersion]]]:
        """Return every provider that has public versions, with these as they were written, for other adapters."""
        await self.ping()
        providers = ((provider, list(self._public(provider.name))) for provider in self._providers.values())
        return [(provider, versions) for provider, versions in providers if versions]

    async def registered_wheels(self) -> Sequence[RegisteredWheel]:
        """Return the wheel of every public version, for other adapters."""
        return [
            RegisteredWheel(
                provider=version.name,
                version=version.version,
                url=version.announcement.wheel_url,
                sha256=version.wheel.sha256,
            )
            for _, versions in await self.public()
            for version in versions
            if version.wheel is not None
        ]

    async def find_compatibility(self, name: ProviderName, version: SemVer) -> Compatibility | None:
        """Return how a public version compares with its baseline, or None."""
        await self.ping()
        return self._reports.get((name, version))

    async def history(
        self, name: ProviderName, version: SemVer, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[HistoryEvent]:
        await self.ping()
        return self.events.get((name, version), [])[offset:][:limit]

    async def ping(self) -> None:
        """Return unless an outage is simulated.

        Raises:
            StoreUnavailableError: One is.
        """
        await asyncio.sleep(0)  # as a real store lets others run, so that races show
        if self._unavailable:
            raise StoreUnavailableError("the registry's database is out of service; try again shortly")

    def _write(self, name: ProviderName, number: SemVer, before: VersionSnapshot, write: VersionWrite) -> None:
        version = written_version(write, name, number)
        if isinstance(write, StartBuild) and not self.tasks.put(write.task):
            raise StoreUnavailableError("a task of the same key is there; try again shortly")
        self._revisions[name] += 1
        after = before.after(write)
        if after.provider is not None:
            self._providers[name] = after.provider
        if version is not None:
            self._versions.setdefault(name, {})[number] = version
        self.publishers.setdefault(name, []).extend(publisher_events(write))
        if isinstance(write, Attest | Publish) and write.provenance is not None:
            self._attest(name, number, write.provenance, write.at if isinstance(write, Attest) else write.event.at)
        if not isinstance(write, UpdateProvider | StartBuild | Attest):
            self.events[name, number].append(write.event)
        if isinstance(write, Publish) and write.compatibility is not None:
            self._reports[name, number] = write.compatibility
        self.names.claim(name, after.names, before.ownership_event(write))
        shown = before.metadata_event(write)
        if shown is not None:
            self.log_events.append(PendingMetadata(str(uuid4()), name, shown))
        if not isinstance(write, UpdateProvider | StartBuild | Attest) and is_logged(write.event):
            attested = write.provenance.attestations if isinstance(write, Publish) and write.provenance else ()
            digests = [each.sha256 for each in attested]
            self.log_events.append(PendingStep(str(uuid4()), write.version, write.event, digests))
        self.listeners.on_change(name)

    def _attest(self, name: ProviderName, number: SemVer, provenance: Admitted, at: datetime) -> None:
        kept = self.attestations.setdefault((name, number), [])
        known = {each.attestation.sent for each in kept}
        for attestation in provenance.attestations:
            if attestation.sent not in known:
                kept.append(RecordedAttestation(attestation=attestation, added_at=at, added_by=provenance.added_by))

    def _snapshot(self, name: ProviderName, version: SemVer, wheel: WheelFilename | None) -> VersionSnapshot:
        in_order = sorted(self._public(name), key=lambda found: found.version)
        return VersionSnapshot(
            provider=self._providers.get(name),
            version=self._versions.get(name, {}).get(version),
            newest=in_order[-1].version if in_order else None,
            latest=latest(found.version for found in in_order if found.status is VersionStatus.PUBLISHED),
            names=self.names.of(name, wheel),
            publishers=PublisherRecord.of(self.publishers.get(name, ())),
            neighbours=() if wheel is None else neighbours_of(version, map(as_public, in_order)),
            revision=self._revisions[name],
        )

    def _shown(self, version: ProviderVersion) -> ProviderVersion:
        wheel = version.wheel and replace(version.wheel, is_mirrored=version.wheel.sha256 in self.mirrored)
        return _without_readme(replace(version, wheel=wheel))

    def _public(self, name: ProviderName) -> Iterator[ProviderVersion]:
        return (found for found in self._versions.get(name, {}).values() if found.status.is_public)


def as_listed(version: ProviderVersion) -> ProviderVersion:
    """Return a version without what lists leave out."""
    announcement = replace(version.announcement, schemas=None, config_schema=None, outputs_schema=None, changelog=None)
    wheel = version.wheel and replace(version.wheel, readme=None, project=None)
    return replace(version, wheel=wheel, announcement=announcement, verification=None)


def _without_readme(version: ProviderVersion) -> ProviderVersion:
    return replace(version, wheel=version.wheel and replace(version.wheel, readme=None))


class InMemoryNames:
    """Owners of distributions and of file names.

    Attributes:
        distributions: Owners by distribution.
        events: Changes of owners, in the order of writing.
    """

    def __init__(self) -> None:
        self.distributions: dict[str, Distribution] = {}
        self.events: list[DistributionEvent] = []
        self._files: dict[tuple[str, str], ClaimedFile] = {}

    def of(self, name: ProviderName, wheel: WheelFilename | None) -> WheelNames | None:
        """Return what is known of a wheel's names in a provider's namespace."""
        if wheel is None:
            return None
        return WheelNames(
            distribution=self.distributions.get(wheel.distribution),
            file=self._files.get((name.prefix, wheel.normalised)),
        )

    def claim(self, name: ProviderName, names: WheelNames | None, event: DistributionEvent | None) -> None:
        """Write the names that a publication claims."""
        if names is not None and names.file is not None:
            self._files[name.prefix, names.file.filename] = names.file
        if event is not None:
            self.assign(event)

    def assign(self, event: DistributionEvent) -> None:
        self.distributions[event.owner.name] = event.owner
        self.events.append(event)
