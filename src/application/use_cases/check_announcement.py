"""Checking an announcement before it is registered: its schemas, their compatibility, then its wheel."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from application.errors import WheelHostError, WheelHostUnreachableError
from application.ports.clock import Clock
from application.ports.schema_validator import SchemaValidator
from application.ports.version_lookup import VersionLookup
from application.scheduling import FairShare, run_in_thread_if_large
from application.use_cases.compare_schemas import CompareSchemas
from application.use_cases.mirror import KeepWheel
from application.use_cases.provenance import VerifyAttestations
from application.use_cases.verify_wheel import VerifyWheel, WheelClaims, check_filename
from domain.announcements import Announcement
from domain.compatibility.assessment import Acceptance, Baseline, BreakingChangeError, Compatibility, baseline_for
from domain.compatibility.gate import decide_gate, lost_additions
from domain.compatibility.report import Report, VersionSchemas
from domain.compatibility.rules import Verdict
from domain.errors import AnnouncementRefusedError, WheelProblem, WheelRefusedError
from domain.json_schema.schemas import json_schemas
from domain.names import ProviderName
from domain.registrants import Account
from domain.registration import CheckOutcome, Refused, Registration, Verified
from domain.semver import SemVer
from domain.verification import VerificationLog
from domain.version_state import VersionSnapshot

_NETWORK_WITHHELD = (
    "the wheel's host cannot be reached by this registry; check that its name resolves to public addresses only, that "
    "it answers on port 443, and that a publicly trusted authority issued its certificate, then send this again"
)


class CheckSchemas:
    """Checks that every schema of a version is complete in itself and valid by its own draft.

    Args:
        validator: Knows the drafts; None to leave them out, where no validator is installed.
    """

    def __init__(self, validator: SchemaValidator | None) -> None:
        self._validator = validator

    async def execute(self, announcement: Announcement, log: VerificationLog) -> None:
        """Check all schemas, and record the check in the log unless there are none.

        Raises:
            SchemaRefusedError: The first rule that a schema breaks.
        """
        length = announcement.schema_length
        if not length:
            return
        with log.check("schemas") as check:
            schemas = await run_in_thread_if_large(length, json_schemas, announcement)
            if self._validator is None:
                check.detail = f"{len(schemas)} schemas: complete in themselves"
                check.is_partial = True
                return
            await self._validator.validate(schemas)
            drafts = sorted({schema.draft.name for schema in schemas})
            check.detail = f"{len(schemas)} schemas of draft {', '.join(drafts)}: valid and complete in themselves"


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
            check.detail = _changes_since(baseline.version, compatibility.report)
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


def _changes_since(baseline: SemVer, report: Report) -> str:
    if not report.total:
        return f"no change of a schema since {baseline}"
    counted = ", ".join(f"{count} {verdict}" for verdict, count in report.counts.items() if count)
    return f"changes of schemas since {baseline}: {counted}"


class CheckAnnouncement:
    """Validates schemas, compares them with those of the version before, then fetches and verifies the wheel.

    All of it happens within the share of the registrant's account.
    """

    def __init__(
        self,
        *,
        check_schemas: CheckSchemas,
        assess_compatibility: AssessCompatibility,
        verify_wheel: VerifyWheel,
        shares: FairShare,
        clock: Clock,
        keep_wheel: KeepWheel | None = None,
        attestations: VerifyAttestations | None = None,
    ) -> None:
        self._check_schemas = check_schemas
        self._assess_compatibility = assess_compatibility
        self._verify_wheel = verify_wheel
        self._shares = shares
        self._clock = clock
        self._keep = None if keep_wheel is None else keep_wheel.execute
        self._attestations = attestations

    async def execute(self, registration: Registration, state: VersionSnapshot, *, keep: bool = False) -> CheckOutcome:
        """Return what the checks found. Nothing is fetched if a schema is refused, or breaks users.

        Args:
            registration: The request.
            state: What is stored around the version, with the provider's public versions.
            keep: Whether to keep a copy of a wheel that passes, if there is a mirror.

        Raises:
            TooManyRegistrationsError: The registrant's account has as much under way as it may.
            TransientError: Something was out of reach, or too much is under way.
        """
        log, account = VerificationLog(), Account.of(registration.registrant)
        announcement = registration.announcement
        try:
            async with self._shares.acquire(account):
                await self._check_schemas.execute(announcement, log)
                compatibility = await self._assess_compatibility.execute(registration, state, log)
                with network_withheld(account):
                    wheel = await self._verify_wheel.execute(
                        announcement.wheel_url,
                        WheelClaims.of(announcement, registration.version.pep440),
                        log,
                        namespace=registration.name.prefix,
                        keep=self._keep if keep else None,
                    )
                attested = None
                if self._attestations is not None:
                    attested = await self._attestations.check(registration, state, wheel, log)
        except AnnouncementRefusedError as error:
            return Refused(error, log.verdict(at=self._clock.now()))
        return Verified(wheel, log.verdict(at=self._clock.now()), compatibility, attested)

    async def check_without_wheel(self, registration: Registration, state: VersionSnapshot) -> Refused | None:
        """Return the refusal of all that is known before a wheel is fetched; None if there is none.

        Raises:
            TooManyRegistrationsError: The registrant's account has as much under way as it may.
        """
        log, account = VerificationLog(), Account.of(registration.registrant)
        announcement = registration.announcement
        try:
            async with self._shares.acquire(account):
                await self._check_schemas.execute(announcement, log)
                await self._assess_compatibility.execute(registration, state, log)
                check_filename(WheelClaims.of(announcement, registration.version.pep440), log)
        except AnnouncementRefusedError as error:
            return Refused(error, log.verdict(at=self._clock.now()))
        return None

    async def compare_again(
        self, verified: Verified, registration: Registration, state: VersionSnapshot
    ) -> CheckOutcome:
        """Return the outcome with a comparison with the baseline that the version has now.

        The verdicts of the first comparison stay in the log of checks.
        """
        log, account = VerificationLog(), Account.of(registration.registrant)
        try:
            async with self._shares.acquire(account):
                compatibility = await self._assess_compatibility.execute(registration, state, log)
        except AnnouncementRefusedError as error:
            return Refused(error, log.verdict(at=self._clock.now()))
        return replace(verified, compatibility=compatibility)


@contextmanager
def network_withheld(account: Account) -> Iterator[None]:
    """Raise the same error for a customer however the connection to a wheel's host failed.

    Otherwise a customer could map the network of the registry: which names resolve to internal addresses, and which
    ports are open.

    Raises:
        WheelHostUnreachableError: There is no connection, and the account is a customer's.
    """
    try:
        yield
    except WheelHostError as error:
        if error.reached or not account.is_customer:
            raise
        raise WheelHostUnreachableError(_NETWORK_WITHHELD, reason=error.detail) from None
    except WheelRefusedError as error:
        if error.problem is not WheelProblem.ADDRESS_FORBIDDEN or not account.is_customer:
            raise
        raise WheelHostUnreachableError(_NETWORK_WITHHELD, reason=error.detail) from None
