"""Doing a registration that was accepted."""

import random
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from application.errors import LeaseLostError, StoreUnavailableError, TransientError
from application.ports.clock import Clock
from application.ports.task_queue import TaskQueue
from application.ports.version_repository import VersionRepository
from application.registration_payload import read_payload
from application.use_cases.check_announcement import CheckAnnouncement
from domain.builds import decide_abandoned, decide_build, is_building
from domain.errors import BuildAbandonedError
from domain.names import ProviderName
from domain.registration import CheckOutcome, OutdatedBaselineError, Registration
from domain.semver import SemVer
from domain.tasks import LeasedTask, RetryPolicy
from domain.version_state import VersionSnapshot, VersionWrite
from domain.versions import VersionStatus


class BuildOutcome(StrEnum):
    """How an attempt to build a version ended."""

    DONE = "done"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    RETRIED = "retried"


class BuildVersion:
    """Builds versions whose registrations were accepted. The outcome and the end of the task are one write.

    Args:
        runtime_version: The platform's runtime version, which every new version pins.
        retries: How often, and when, a build is tried again.
        chance: Returns numbers from 0 to 1, evenly.
    """

    def __init__(
        self,
        *,
        versions: VersionRepository,
        queue: TaskQueue,
        check_announcement: CheckAnnouncement,
        clock: Clock,
        runtime_version: str,
        retries: RetryPolicy,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._versions = versions
        self._queue = queue
        self._check_announcement = check_announcement
        self._clock = clock
        self._runtime_version = runtime_version
        self._retries = retries
        self._chance = chance

    async def execute(self, leased: LeasedTask) -> BuildOutcome:
        """Fetch and verify the wheel, and publish the version or record why it failed.

        Nothing is fetched if earlier attempts ended with their processes as often as is allowed, if the task is past
        its deadline, or if the version is not being built by that registration any more.

        Raises:
            LeaseLostError: Another worker may have the task. Nothing was written.
            StoreUnavailableError: The database is unreachable.
        """
        name, version = _target(leased)
        attempt = leased.lease.attempt
        if not self._retries.allows(attempt, leased.age):
            late = f"it was not built within {self._retries.deadline.total_seconds():.0f} seconds"
            why = late if self._retries.allows(attempt, timedelta()) else "the last one ended with its process"
            return await self._abandon(leased, attempt - 1, why)
        state = await self._versions.load(name, version)
        if state.version is None or not is_building(state, leased.task.id):
            if not await self._queue.finish(leased.lease):
                raise LeaseLostError
            return BuildOutcome.DONE
        registration = read_payload(leased.task.payload, state.version)
        try:
            return await self._build(leased, registration)
        except StoreUnavailableError:
            raise
        except TransientError as error:
            return await self.fail(leased, f"{error.code}: {error.detail}")

    async def fail(self, leased: LeasedTask, error: str) -> BuildOutcome:
        """Let an attempt that failed be followed by another one, or by none.

        Args:
            leased: The task.
            error: Why. Registrants read it if there are no further attempts.

        Raises:
            LeaseLostError: Another worker may have the task. Nothing was written.
            StoreUnavailableError: The database is unreachable.
        """
        attempt = leased.lease.attempt
        delay = self._retries.delay(attempt, self._chance())
        if not self._retries.allows(attempt + 1, leased.age + delay):
            return await self._abandon(leased, attempt, f"at last {error}")
        if not await self._queue.retry(leased.lease, after=delay, error=error):
            raise LeaseLostError
        return BuildOutcome.RETRIED

    async def _build(self, leased: LeasedTask, registration: Registration) -> BuildOutcome:
        filename = registration.announcement.wheel_url.filename
        state = await self._versions.load(registration.name, registration.version, wheel=filename)
        outcome = await self._check_announcement.execute(registration, state, keep=True)
        while True:
            try:
                status = await self._end(leased, registration, outcome)
            except OutdatedBaselineError as outdated:
                state = await self._versions.load(registration.name, registration.version, wheel=filename)
                outcome = await self._check_announcement.compare_again(outdated.verified, registration, state)
            else:
                return BuildOutcome.REFUSED if status is VersionStatus.FAILED else BuildOutcome.DONE

    async def _abandon(self, leased: LeasedTask, attempts: int, why: str) -> BuildOutcome:
        name, version = _target(leased)
        error = BuildAbandonedError(
            f"the registry gave up after {attempts} attempts: {why}; register the version again, and "
            "tell the registry's operators if it happens again"
        )

        def decide(state: VersionSnapshot) -> tuple[VersionWrite | None, VersionStatus | None]:
            if state.version is None or not is_building(state, leased.task.id):
                return None, None
            return decide_abandoned(state.version, error, leased.task, now=self._clock.now())

        await self._versions.update(name, version, decide, lease=leased.lease)
        return BuildOutcome.ABANDONED

    async def _end(self, leased: LeasedTask, registration: Registration, outcome: CheckOutcome) -> VersionStatus | None:
        return await self._versions.update(
            registration.name,
            registration.version,
            lambda state: decide_build(
                state,
                registration,
                outcome,
                leased.task.id,
                runtime_version=self._runtime_version,
                now=self._clock.now(),
            ),
            wheel=registration.announcement.wheel_url.filename,
            lease=leased.lease,
        )


def _target(leased: LeasedTask) -> tuple[ProviderName, SemVer]:
    name, _, version = leased.task.key.partition("@")
    return ProviderName.parse(name), SemVer.parse(version)
