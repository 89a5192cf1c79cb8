"""What lists say of versions, in memory."""

from collections.abc import Mapping, Sequence

from adapters.memory.version_checks import InMemoryVersionChecks
from adapters.memory.version_repository import InMemoryVersionRepository
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_marks import VersionMarks


class InMemoryVersionMarks:
    """Collects marks; implements ``application.ports.version_mark_queries.VersionMarkQueries``."""

    def __init__(self, store: InMemoryVersionRepository, checks: InMemoryVersionChecks) -> None:
        self._store = store
        self._checks = checks

    async def list_marks(self, name: ProviderName, versions: Sequence[SemVer]) -> Mapping[SemVer, VersionMarks]:
        return {version: found for version in versions if (found := await self._marks(name, version)) is not None}

    async def _marks(self, name: ProviderName, version: SemVer) -> VersionMarks | None:
        found = await self._store.find(name, version)
        if found is None:
            return None
        known = await self._checks.find(name, version)
        attested = self._store.attestations.get((name, version), ())
        return VersionMarks(
            is_verified=found.verification is not None and found.verification.passed,
            verdict=None if known is None else known.verdict,
            repositories=tuple(dict.fromkeys(each.attestation.claims.repository for each in attested)),
        )
