"""Reading how versions compare."""

from dataclasses import dataclass

from application.errors import ComparisonsBusyError
from application.ports.version_queries import VersionQueries
from application.use_cases.compare_schemas import CompareSchemas
from application.use_cases.queries import FindVersion
from domain.compatibility.assessment import Acceptance, Compatibility
from domain.compatibility.report import Report, VersionSchemas
from domain.errors import VersionNotFoundError
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """What changed from one version to another.

    Attributes:
        acceptance: There if the newer version was registered against the older one with breaking changes accepted.
    """

    report: Report
    acceptance: Acceptance | None = None


class FindCompatibility:
    """Finds how a version compared with its baseline when it was registered."""

    def __init__(self, versions: VersionQueries, find_version: FindVersion) -> None:
        self._versions = versions
        self._find_version = find_version

    async def execute(self, name: ProviderName, version: SemVer | None) -> tuple[ProviderVersion, Compatibility]:
        """Return a public version, the latest one for None, with its comparison.

        Raises:
            NotFoundError: No such version, or it was published before versions were compared.
        """
        found = await self._find_version.execute(name, version)
        compatibility = await self._versions.find_compatibility(name, found.version)
        if compatibility is None:
            raise VersionNotFoundError(
                f"{name} {found.version} is from before versions were compared; compare it with another one instead"
            )
        return found, compatibility


class CompareVersions:
    """Compares any two public versions of a provider by today's rules; not again what was kept and says the same."""

    def __init__(self, versions: VersionQueries, find_version: FindVersion, compare: CompareSchemas) -> None:
        self._versions = versions
        self._find_version = find_version
        self._compare = compare

    async def execute(self, name: ProviderName, old: SemVer, new: SemVer) -> ComparedVersions:
        """Return what changed from one version to another, which may be the lower one.

        Raises:
            NotFoundError: There is no such version.
            ComparisonsBusyError: Another comparison is under way. None waits, or readers of pages would wait with it.
        """
        after = await self._find_version.execute(name, new)
        kept = await self._kept(after, old)
        if kept is not None and kept.is_repeatable:
            return ComparedVersions(kept.report, kept.acceptance)
        before = await self._find_version.execute(name, old)
        if self._compare.is_busy:
            raise ComparisonsBusyError("another comparison is under way; try again shortly", retry_after=2)
        report = await self._compare.execute(
            VersionSchemas.of(before.announcement), VersionSchemas.of(after.announcement)
        )
        return ComparedVersions(report, None if kept is None else kept.acceptance)

    async def _kept(self, version: ProviderVersion, baseline: SemVer) -> Compatibility | None:
        """Return the comparison that was made when a version was registered, if it was with this baseline."""
        if version.compatibility is None or version.compatibility.baseline != baseline:
            return None
        return await self._versions.find_compatibility(version.name, version.version)
