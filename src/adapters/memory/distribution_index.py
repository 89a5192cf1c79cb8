"""An index of distributions in memory."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from adapters.memory.version_repository import InMemoryVersionRepository
from domain.distributions import IndexFile
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.verified_wheel import VerifiedWheel


class InMemoryDistributionIndex:
    """Finds wheels in an in-memory store by their namespace and distribution."""

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store

    async def list_distributions(self, prefix: str) -> Sequence[NormalizedName]:
        """Return every distribution that a namespace published, once and in order."""
        return sorted({wheel.distribution for _, wheel in await self._wheels(prefix)})

    async def list_files(self, prefix: str, distribution: NormalizedName) -> Sequence[IndexFile]:
        """Return the wheels of a distribution, in the order of publication."""
        found = [each for each in await self._wheels(prefix) if each[1].distribution == distribution]
        return [_file(*each) for each in sorted(found, key=lambda each: each[0].published_at or each[0].created_at)]

    async def _wheels(self, prefix: str) -> Sequence[tuple[ProviderVersion, VerifiedWheel]]:
        public = await self._store.public()
        versions = [each for provider, found in public if provider.name.prefix == prefix for each in found]
        return [(version, version.wheel) for version in versions if version.wheel]


def _file(version: ProviderVersion, wheel: VerifiedWheel) -> IndexFile:
    return IndexFile(
        filename=wheel.filename,
        url=version.announcement.wheel_url.text,
        sha256=wheel.sha256.hex,
        size=wheel.size,
        requires_python=wheel.requires_python,
        published_at=version.published_at or version.created_at,
        is_yanked=version.status is VersionStatus.YANKED,
        yanked_reason=version.yanked_reason,
    )
