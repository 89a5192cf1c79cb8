"""Trying a registration without writing anything."""

from dataclasses import dataclass
from enum import StrEnum

from application.ports.clock import Clock
from application.ports.snapshot_queries import SnapshotQueries
from application.use_cases.check_announcement import CheckAnnouncement
from domain.compatibility.assessment import Compatibility
from domain.errors import DistributionConflictError, VersionConflictError, WheelFilenameConflictError
from domain.registration import CheckOutcome, Refused, Registration, Verified, check, check_request, decide
from domain.versions import ProviderVersion


class DryRunOutcome(StrEnum):
    """What the registration would result in."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class DryRunResult:
    """The result of a dry run.

    Attributes:
        version: As the registration would leave it, with the verification of its wheel; None for a conflict.
        conflict: Why the registration would be refused; only for a conflict.
        compatibility: The comparison with the version's baseline; only if it would be created.
    """

    outcome: DryRunOutcome
    version: ProviderVersion | None = None
    conflict: VersionConflictError | DistributionConflictError | WheelFilenameConflictError | None = None
    compatibility: Compatibility | None = None


class DryRunRegistration:
    """Takes every step of a registration but the write."""

    def __init__(
        self, *, versions: SnapshotQueries, check_announcement: CheckAnnouncement, clock: Clock, runtime_version: str
    ) -> None:
        self._versions = versions
        self._check_announcement = check_announcement
        self._clock = clock
        self._runtime_version = runtime_version

    async def execute(self, registration: Registration) -> DryRunResult:
        """Return what registering would result in now.

        Raises:
            RegistryError: As ``RegisterVersion``, except for a conflict, which is a result. A refusal is not recorded.
        """
        check_request(registration)
        try:
            return await self._decide(registration)
        except (VersionConflictError, DistributionConflictError, WheelFilenameConflictError) as conflict:
            return DryRunResult(DryRunOutcome.CONFLICT, conflict=conflict)

    async def _decide(self, registration: Registration) -> DryRunResult:
        name, version = registration.name, registration.version
        filename = registration.announcement.wheel_url.filename
        state = await self._versions.load(name, version, wheel=filename)
        check(state, registration)
        if state.public_version:
            return DryRunResult(DryRunOutcome.UNCHANGED, state.public_version)
        outcome = _verified(await self._check_announcement.execute(registration, state))
        state = await self._versions.load(name, version, wheel=filename)
        if not outcome.is_current(registration.version, state):
            outcome = _verified(await self._check_announcement.compare_again(outcome, registration, state))
        _, registered = decide(
            state, registration, outcome, runtime_version=self._runtime_version, now=self._clock.now()
        )
        if not registered.created:
            return DryRunResult(DryRunOutcome.UNCHANGED, registered.version)
        return DryRunResult(DryRunOutcome.CREATED, registered.version, compatibility=outcome.compatibility)


def _verified(outcome: CheckOutcome) -> Verified:
    if isinstance(outcome, Refused):
        raise outcome.error
    return outcome
