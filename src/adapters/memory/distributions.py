"""Distributions in memory."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from adapters.memory.version_repository import InMemoryVersionRepository
from domain.distributions import Distribution, DistributionEvent, IndexFile
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.verified_wheel import VerifiedWheel


class InMemoryDistributionIndex:
    """Finds wheels in an in-memory store by their namespace and distribution."""

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store

    async def list_distributions(self, prefix: str) -> Sequence[NormalizedName]:
        return sorted({wheel.distribution for _, wheel in await self._wheels(prefix)})

    async def list_files(self, prefix: str, distribution: NormalizedName) -> Sequence[IndexFile]:
        found = [each for each in await self._wheels(prefix) if each[1].distribution == distribution]
        return [
            self._file(*each) for each in sorted(found, key=lambda each: each[0].published_at or each[0].created_at)
        ]

    async def _wheels(self, prefix: str) -> Sequence[tuple[ProviderVersion, VerifiedWheel]]:
        public = await self._store.public()
        versions = [each for provider, found in public if provider.name.prefix == prefix for each in found]
        return [(version, version.wheel) for version in versions if version.wheel]

    def _file(self, version: ProviderVersion, wheel: VerifiedWheel) -> IndexFile:
        copy, key = self._store.mirrored.get(wheel.sha256), (version.name, version.version)
        return IndexFile(
            filename=wheel.filename,
            url=version.announcement.wheel_url.text,
            sha256=wheel.sha256.hex,
            size=wheel.size,
            requires_python=wheel.requires_python,
            published_at=version.published_at or version.created_at,
            is_yanked=version.status is VersionStatus.YANKED,
            yanked_reason=version.yanked_reason,
            metadata_sha256=copy and copy[0].metadata_sha256.hex,
            attested=key if self._store.attestations.get(key) else None,
        )


class InMemoryDistributionOwners:
    """Knows the owners of the distributions in an in-memory store."""

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store

    async def find(self, name: NormalizedName) -> Distribution | None:
        await self._store.ping()
        return self._store.names.distributions.get(name)

    async def list(self, *, prefix: str | None, limit: int, offset: int) -> Sequence[Distribution]:
        await self._store.ping()
        held = self._store.names.distributions.items()
        found = [owner for _, owner in sorted(held, key=lambda item: item[0]) if prefix in {None, owner.prefix}]
        return found[offset : offset + limit]

    async def assign(self, event: DistributionEvent) -> None:
        await self._store.ping()
        self._store.names.assign(event)

    async def history(self, name: NormalizedName) -> Sequence[DistributionEvent]:
        await self._store.ping()
        return [event for event in self._store.names.events if event.owner.name == name]
