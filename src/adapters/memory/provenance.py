"""Attestations and publishers in memory."""

from collections.abc import Sequence

from adapters.memory.version_repository import InMemoryVersionRepository
from domain.names import ProviderName
from domain.provenance.attestations import RecordedAttestation
from domain.provenance.record import PublisherEvent
from domain.semver import SemVer


class InMemoryProvenance:
    """Reads attestations and keeps decisions about publishers in an in-memory store.

    Implements ``application.ports.attestation_queries.AttestationQueries`` and
    ``application.ports.publisher_repository.PublisherRepository``.
    """

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store

    async def list_attestations(self, name: ProviderName, version: SemVer) -> Sequence[RecordedAttestation]:
        if await self._store.find(name, version) is None:
            return []
        return list(self._store.attestations.get((name, version), ()))

    async def history(self, name: ProviderName) -> Sequence[PublisherEvent]:
        await self._store.ping()
        return list(self._store.publishers.get(name, ()))

    async def add(self, name: ProviderName, event: PublisherEvent) -> None:
        await self._store.ping()
        self._store.publishers.setdefault(name, []).append(event)

    async def list_providers(self) -> Sequence[ProviderName]:
        await self._store.ping()
        return sorted((name for name, events in self._store.publishers.items() if events), key=str)
