"""Trying a registration without registering anything."""

from dataclasses import dataclass, replace
from enum import StrEnum

from application.fair_share import FairShare
from application.ports.clock import Clock
from application.ports.version_store import Decision, Stored, VersionStore
from application.use_cases.check_schemas import CheckSchemas
from application.use_cases.register_version import RegisterVersion, Registration
from application.use_cases.verify_wheel import VerifyWheel
from domain.errors import DistributionConflictError, VersionConflictError, WheelFilenameConflictError
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel_filenames import WheelFilename

_CONFLICTS = (VersionConflictError, DistributionConflictError, WheelFilenameConflictError)


class RehearsedOutcome(StrEnum):
    """What the registration would come to."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The result.

    Attributes:
        version: As it would stand in the registry, with the verdict on its wheel; None for a conflict.
        conflict: What is in the way; only for a conflict.
    """

    outcome: RehearsedOutcome
    version: ProviderVersion | None = None
    conflict: VersionConflictError | DistributionConflictError | WheelFilenameConflictError | None = None


class RehearseRegistration:
    """Takes every step of a registration but the writing."""

    def __init__(
        self,
        *,
        store: VersionStore,
        check_schemas: CheckSchemas,
        verify_wheel: VerifyWheel,
        clock: Clock,
        runtime_version: str,
        checks: FairShare,
    ) -> None:
        """Take what ``RegisterVersion`` takes."""
        self._register_version = RegisterVersion(
            store=_UnwrittenRecord(store),
            check_schemas=check_schemas,
            verify_wheel=verify_wheel,
            clock=clock,
            runtime_version=runtime_version,
            checks=checks,
        )

    async def execute(self, registration: Registration) -> Rehearsal:
        """Say what registering would come to now.

        Raises:
            RegistryError: As ``RegisterVersion``, but for a conflict, which is a result. A refusal is recorded nowhere.
        """
        try:
            registered = await self._register_version.execute(registration)
        except _CONFLICTS as conflict:
            return Rehearsal(RehearsedOutcome.CONFLICT, conflict=conflict)
        outcome = RehearsedOutcome.CREATED if registered.created else RehearsedOutcome.UNCHANGED
        return Rehearsal(outcome, registered.version)


class _UnwrittenRecord:
    """Decides on what is stored, and shows the version as the decision would leave it."""

    def __init__(self, store: VersionStore) -> None:
        self._store = store

    async def look(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> Stored:
        return await self._store.look(name, version, wheel=wheel)

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decision,
        *,
        seen: Stored | None = None,  # noqa: ARG002 -- what is said is of now
        wheel: WheelFilename | None = None,
    ) -> Stored:
        stored = await self._store.look(name, version, wheel=wheel)
        return replace(stored, version=decide(stored).version or stored.version)
