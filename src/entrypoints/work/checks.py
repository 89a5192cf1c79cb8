"""Checks whether wheels are still on their hosts, as work for a loop."""

from collections.abc import Mapping, Sequence
from time import monotonic

import structlog

from application.errors import SpoolUnavailableError, TooManyFetchesError
from application.ports.version_checks import LeasedCheck, VersionChecks
from application.use_cases.check_availability import CheckAvailability
from domain.availability import Availability
from entrypoints.telemetry import TaskObserver, TaskOutcome
from entrypoints.work.loop import Work

CHECK = "check"
_ENROLLED_AT_ONCE = 1000
_MAX_ATTEMPTS = 3
"""Attempts that ended with their process; then the check waits as after a failure of its host."""


def check_work(
    checks: VersionChecks,
    check_availability: CheckAvailability,
    observer: TaskObserver,
    *,
    concurrency: int,
    enrol_seconds: float,
) -> Work[LeasedCheck]:
    """Return the work of checking wheels.

    Args:
        checks: What is claimed.
        check_availability: Does a check.
        observer: Is told of each verdict.
        concurrency: How many wheels are checked at once.
        enrol_seconds: How often to look for versions that have no check yet.
    """
    next_enrolment = monotonic()

    async def claim(limit: int, seconds: float) -> Sequence[LeasedCheck]:
        nonlocal next_enrolment
        if monotonic() >= next_enrolment and await check_availability.enrol(limit=_ENROLLED_AT_ONCE) < (
            _ENROLLED_AT_ONCE
        ):
            next_enrolment = monotonic() + enrol_seconds
        return await checks.claim(seconds=seconds, limit=limit)

    async def perform(leased: LeasedCheck) -> TaskOutcome:
        if leased.lease.attempt > _MAX_ATTEMPTS:
            return await postpone(leased, TaskOutcome.ABANDONED)
        try:
            known = await check_availability.execute(leased)
        except (SpoolUnavailableError, TooManyFetchesError) as error:
            structlog.get_logger().warning("check_postponed", code=error.code)
            return await postpone(leased, TaskOutcome.RETRIED)
        if known is None:
            return TaskOutcome.LEASE_LOST
        _tell(leased.known, known, observer)
        return TaskOutcome.DONE

    async def postpone(leased: LeasedCheck, outcome: TaskOutcome) -> TaskOutcome:
        return outcome if await check_availability.postpone(leased) else TaskOutcome.LEASE_LOST

    async def fail(leased: LeasedCheck, error: Exception) -> TaskOutcome:  # noqa: ARG001 -- logged by the loop
        return await postpone(leased, TaskOutcome.RETRIED)

    return Work(
        kind=CHECK,
        claim=claim,
        leases=checks,
        perform=perform,
        fail=fail,
        describe=_described,
        concurrency=concurrency,
    )


def _tell(before: Availability, after: Availability, observer: TaskObserver) -> None:
    if after.verdict is None or after.verdict is before.verdict:
        return
    observer.verdict_changed(after.verdict.value)
    structlog.get_logger().info(
        "origin_verdict_changed",
        verdict=after.verdict.value,
        before=before.verdict and before.verdict.value,
        failure=after.failure,
        other_sha256=after.other_sha256 and after.other_sha256.hex,
    )


def _described(leased: LeasedCheck) -> Mapping[str, object]:
    wheel = leased.wheel
    return {"provider": str(wheel.provider), "version": wheel.version.text, "host": wheel.url.host}
