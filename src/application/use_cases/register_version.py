"""Registering a provider version: the registry's main job."""

from application.ports.clock import Clock
from application.ports.version_repository import VersionRepository
from application.use_cases.check_announcement import CheckAnnouncement
from application.use_cases.provenance import AddAttestations, with_attestations
from domain.registration import (
    CheckOutcome,
    OutdatedBaselineError,
    Refused,
    Registered,
    Registration,
    check,
    check_request,
    decide,
)
from domain.version_state import VersionSnapshot


class RegisterVersion:
    """Registers wheel-backed provider versions. Idempotent and atomic.

    Args:
        runtime_version: The platform's runtime version, which every new version pins.
        add_attestations: Adds those of a repeat; None where attestations are off.
    """

    def __init__(
        self,
        *,
        versions: VersionRepository,
        check_announcement: CheckAnnouncement,
        clock: Clock,
        runtime_version: str,
        add_attestations: AddAttestations | None = None,
    ) -> None:
        self._versions = versions
        self._check_announcement = check_announcement
        self._clock = clock
        self._runtime_version = runtime_version
        self._add_attestations = add_attestations

    async def execute(self, registration: Registration) -> Registered:
        """Verify the wheel and publish the version, unless the same content is public already.

        All network work is done before anything is written. A final refusal of the schemas or the wheel is recorded as
        a failed version, which a later registration replaces; transient failures record nothing.

        Raises:
            NamespaceForbiddenError: The registrant may not publish under that name.
            UnmatchableVersionError: No wheel can carry that version.
            VersionConflictError: The version is public with other content.
            DistributionConflictError: The wheel's distribution belongs to another namespace.
            WheelFilenameConflictError: The wheel's file name belongs to another digest.
            MetadataRequiredError: The provider's first publish, without metadata and without leave to derive it.
            SchemaRefusedError: A schema is no JSON Schema, or not complete in itself; the wheel was not fetched.
            BreakingChangeError: The version breaks users of the one before; the wheel was not fetched.
            WheelRefusedError: The wheel is not what was announced.
            TooManyRegistrationsError: The registrant's account has as much under way as it may.
            TransientError: Something was out of reach, or too much is under way; nothing was written.
        """
        name, version = registration.name, registration.version
        filename = registration.announcement.wheel_url.filename
        check_request(registration)
        state = await self._versions.load(name, version, wheel=filename)
        check(state, registration)
        outcome = (
            None if state.public_version else await self._check_announcement.execute(registration, state, keep=True)
        )
        while True:
            try:
                registered = await self._write(registration, outcome, state)
            except OutdatedBaselineError as outdated:
                state = await self._versions.load(name, version, wheel=filename)
                outcome = await self._check_announcement.compare_again(outdated.verified, registration, state)
            else:
                if isinstance(outcome, Refused):
                    raise outcome.error
                return await with_attestations(registration, registered, self._add_attestations)

    async def _write(
        self, registration: Registration, outcome: CheckOutcome | None, seen: VersionSnapshot
    ) -> Registered:
        return await self._versions.update(
            registration.name,
            registration.version,
            lambda state: decide(
                state, registration, outcome, runtime_version=self._runtime_version, now=self._clock.now()
            ),
            seen=seen,
            wheel=registration.announcement.wheel_url.filename,
        )
