"""Checking whether a dependent's own resources still work under another version."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from application.ports.config_validator import ConfigValidator
from application.ports.schema_coverage import SchemaCoverage
from application.ports.version_queries import VersionQueries
from application.use_cases.queries import FindVersion
from domain.compatibility.coverage import Coverage, CoverageQuestion
from domain.compatibility.report import VersionSchemas
from domain.names import ProviderName
from domain.semver import SemVer
from domain.upgrades.answers import ResourceAnswer, UpgradeAnswer
from domain.upgrades.assessment import Assessment
from domain.upgrades.configs import ResourceConfig
from domain.upgrades.validation import ConfigErrors
from domain.versions import ProviderVersion, VersionStatus

MAX_TRIED = 20
_LISTED = 100
_AT_ONCE = 2


@dataclass(slots=True)
class _Run:
    """One check: its inputs, and the answers so far, which versions with equal schemas share."""

    name: ProviderName
    resources: Sequence[ResourceConfig]
    before: VersionSchemas | None
    validated: dict[tuple[str, int], ConfigErrors] = field(default_factory=dict)
    covered: dict[CoverageQuestion, Coverage] = field(default_factory=dict)


class CheckUpgrade:
    """Validates configs under a version, compares it with the one before, and looks for the newest that is safe.

    Two checks are worked on at once. Nothing of a config is logged or kept.

    Args:
        search_seconds: How long may be looked for the newest safe version.
    """

    def __init__(
        self,
        *,
        versions: VersionQueries,
        find_version: FindVersion,
        validator: ConfigValidator,
        coverage: SchemaCoverage,
        search_seconds: float = 6.0,
    ) -> None:
        self._versions = versions
        self._find_version = find_version
        self._validator = validator
        self._coverage = coverage
        self._search_seconds = search_seconds
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def execute(
        self, name: ProviderName, target: SemVer | None, before: SemVer | None, resources: Sequence[ResourceConfig]
    ) -> UpgradeAnswer:
        """Return what becomes of resources under a version, the latest one for None.

        Args:
            name: The provider.
            target: The version to upgrade to.
            before: The version in use; None if that is not known.
            resources: What the dependent has.

        Raises:
            VersionNotFoundError: There is no such public version.
            StoreUnavailableError: The store is unreachable.
        """
        async with self._turn:
            new = await self._find_version.execute(name, target)
            old = None if before is None else await self._find_version.execute(name, before)
            run = _Run(name, resources, None if old is None else VersionSchemas.of(old.announcement))
            answers = await self._assess(run, new)
            found, tried, is_complete = await self._newest_safe(run, before, new, answers)
        return UpgradeAnswer(
            provider=name,
            target=new.version,
            before=before,
            resources=answers,
            newest_safe=found,
            versions_tried=tried,
            is_search_complete=is_complete,
        )

    async def _newest_safe(
        self, run: _Run, before: SemVer | None, target: ProviderVersion, answers: Sequence[ResourceAnswer]
    ) -> tuple[SemVer | None, int, bool]:
        """Return the highest safe version, how many were tried, and whether those are all there are."""
        listed = await self._versions.list_versions(run.name, limit=_LISTED)
        candidates = [each.version for each in listed if _is_candidate(each, before, target.version)]
        tried = 0
        try:
            async with asyncio.timeout(self._search_seconds):
                for version in candidates[:MAX_TRIED]:
                    tried += 1
                    if version == target.version:
                        found = answers
                    else:
                        found = await self._assess(run, await self._find_version.execute(run.name, version))
                    if all(answer.is_safe for answer in found):
                        return version, tried, True
        except TimeoutError:
            return None, tried, False
        return None, tried, len(candidates) <= MAX_TRIED and len(listed) < _LISTED

    async def _assess(self, run: _Run, version: ProviderVersion) -> tuple[ResourceAnswer, ...]:
        schemas = VersionSchemas.of(version.announcement)
        assessment = await asyncio.to_thread(Assessment, run.name, run.resources, schemas, run.before)
        waiting = {
            schema: fresh
            for schema, indexes in assessment.to_validate().items()
            if (fresh := [index for index in indexes if (schema, index) not in run.validated])
        }
        questions = [assessment.question(schema, indexes) for schema, indexes in waiting.items()]
        found = await self._validator.validate(questions) if questions else ()
        for (schema, indexes), errors in zip(waiting.items(), found, strict=True):
            run.validated |= {(schema, index): each for index, each in zip(indexes, errors, strict=True)}
        fits = [asked for asked in assessment.to_cover() if asked not in run.covered]
        if fits:
            run.covered |= dict(zip(fits, await self._coverage.covers(fits), strict=True))
        return await asyncio.to_thread(assessment.answers, run.validated, run.covered)


def _is_candidate(version: ProviderVersion, before: SemVer | None, target: SemVer) -> bool:
    """Tell whether it can be upgraded to: it is published and stable, or the target, and above the one in use."""
    is_offered = version.status is VersionStatus.PUBLISHED and not version.version.is_prerelease
    return (is_offered or version.version == target) and (before is None or version.version > before)
