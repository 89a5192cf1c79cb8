"""Comparing a version with its baseline before it is published."""

from application.ports.clock import Clock
from application.ports.version_lookup import VersionLookup
from application.use_cases.compare_schemas import CompareSchemas
from domain.compatibility.assessment import Acceptance, Baseline, BreakingChangeError, Compatibility, baseline_for
from domain.compatibility.gate import decide_gate, lost_additions
from domain.compatibility.report import Report, VersionSchemas
from domain.compatibility.rules import Verdict
from domain.names import ProviderName
from domain.registrants import Account
from domain.registration import Registration
from domain.semver import SemVer
from domain.verification import VerificationLog
from domain.version_state import VersionSnapshot


class AssessCompatibility:
    """Holds a version to what its number promises to users of the version before it.

    Args:
        compare: For the Console realm.
        compare_for_customers: Apart, so that no release waits for what customers announce.
        refuses: Whether breaking changes within a line are refused; otherwise they are recorded only.
    """

    def __init__(
        self,
        *,
        versions: VersionLookup,
        compare: CompareSchemas,
        compare_for_customers: CompareSchemas,
        clock: Clock,
        refuses: bool = True,
    ) -> None:
        self._versions = versions
        self._compare = compare
        self._compare_for_customers = compare_for_customers
        self._clock = clock
        self._refuses = refuses

    async def execute(self, registration: Registration, state: VersionSnapshot, log: VerificationLog) -> Compatibility:
        """Return the comparison with the baseline that the state has.

        Raises:
            BreakingChangeError: Breaking changes that were not accepted, in a version that may not break its users.
        """
        baseline = baseline_for(registration.version, state.neighbours)
        if baseline.version is None:
            return Compatibility(baseline=baseline, report=Report.of(()))
        with log.check("compatibility") as check:
            compatibility = await self._assess(registration, baseline, baseline.version)
            check.detail = _sentence(baseline.version, compatibility.report)
        return compatibility

    async def _assess(self, registration: Registration, baseline: Baseline, compared: SemVer) -> Compatibility:
        is_customer = Account.of(registration.registrant).is_customer
        compare = self._compare_for_customers if is_customer else self._compare
        new = VersionSchemas.of(registration.announcement)
        report = await compare.execute(await self._schemas(registration.name, compared), new)
        decision = decide_gate(baseline, report, registration.accept_breaking, enforce=self._refuses)
        if decision.is_refused:
            raise BreakingChangeError(
                registration.version,
                compared,
                decision.refused,
                max(report.counts[Verdict.BREAKING] - len(decision.accepted), len(decision.refused)),
            )
        acceptance = None
        if decision.accepted and registration.accept_breaking is not None:
            acceptance = Acceptance(
                accepted_by=registration.registrant.actor,
                accepted_at=self._clock.now(),
                reason=registration.accept_breaking.reason,
                changes=tuple(change.fingerprint for change in decision.accepted),
            )
        if baseline.successor is None:
            return Compatibility(baseline=baseline, report=report, acceptance=acceptance)
        upward = await compare.execute(new, await self._schemas(registration.name, baseline.successor))
        lost = lost_additions(report, upward)
        return Compatibility(baseline=baseline, report=report, acceptance=acceptance, lost_additions=lost)

    async def _schemas(self, name: ProviderName, number: SemVer) -> VersionSchemas:
        version = await self._versions.find(name, number)
        if version is None:
            raise AssertionError(f"{name} {number} was public; public versions are never deleted")
        return VersionSchemas.of(version.announcement)


def _sentence(baseline: SemVer, report: Report) -> str:
    if not report.total:
        return f"no change of a schema since {baseline}"
    counted = ", ".join(f"{count} {verdict}" for verdict, count in report.counts.items() if count)
    return f"changes of schemas since {baseline}: {counted}"
