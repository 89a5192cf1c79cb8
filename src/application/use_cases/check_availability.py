"""Checking whether wheels are still where they were registered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.errors import WheelHostError
from application.ports.clock import Clock
from application.ports.origin_probe import OriginProbe
from application.ports.version_checks import LeasedCheck, VersionChecks
from application.ports.wheel_fetcher import WheelFetcher
from application.use_cases.queries import FindVersion
from domain.availability import (
    Availability,
    CheckSchedule,
    Fetched,
    FileSignature,
    Looked,
    NotHad,
    Observation,
    origin_event,
)
from domain.errors import WheelRefusedError
from domain.mirror import RegisteredWheel
from domain.names import ProviderName
from domain.semver import SemVer

_PER_HOST = 2


class _HostLimit:
    """Lets few checks of one host go on at once. Remembers no host that none is under way of."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._hosts: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def visiting(self, host: str) -> AsyncIterator[None]:
        semaphore, users = self._hosts.get(host, (asyncio.Semaphore(self._at_once), 0))
        self._hosts[host] = (semaphore, users + 1)
        try:
            async with semaphore:
                yield
        finally:
            _, users = self._hosts.pop(host)
            if users > 1:
                self._hosts[host] = (semaphore, users - 1)


class CheckAvailability:
    """Asks a wheel's host about it, or fetches it whole, and keeps what came of it. It never changes a version.

    Args:
        per_host: How many wheels of one host are checked at once.
    """

    def __init__(
        self,
        *,
        checks: VersionChecks,
        probe: OriginProbe,
        fetcher: WheelFetcher,
        clock: Clock,
        schedule: CheckSchedule,
        per_host: int = _PER_HOST,
    ) -> None:
        self._checks = checks
        self._probe = probe
        self._fetcher = fetcher
        self._clock = clock
        self._schedule = schedule
        self._hosts = _HostLimit(per_host)

    async def enrol(self, *, limit: int) -> int:
        """Add checks of at most so many versions that have none; return how many."""
        return await self._checks.enrol(self._schedule, limit=limit)

    async def postpone(self, check: LeasedCheck) -> bool:
        """Leave what is known as it is, and check again later. Return whether the lease was held."""
        return await self._checks.record(check.lease, check.known, after=self._schedule.retry_after)

    async def execute(self, check: LeasedCheck) -> Availability | None:
        """Return what is known afterwards, or None if another worker has the check by now.

        Raises:
            TransientError: The checks are unreachable, or there is no room to fetch a wheel now.
        """
        async with self._hosts.visiting(check.wheel.url.host):
            observation = await self._observe(check)
        known = check.known.after(observation, check.wheel.sha256, self._schedule, at=self._clock.now())
        is_kept = await self._checks.record(
            check.lease, known, after=known.next_check(self._schedule), event=origin_event(check.known, known)
        )
        return known if is_kept else None

    async def _observe(self, check: LeasedCheck) -> Observation:
        """Look, then fetch where a look is not enough.

        Raises:
            TransientError: The registry lacks something itself, which says nothing of the host.
        """
        wheel = check.wheel
        try:
            seen = await self._probe.look(wheel.url, namespace=wheel.provider.prefix)
            if not check.known.wants_whole(seen, self._schedule, at=self._clock.now()):
                return Looked(seen)
            return await self._fetched(wheel, seen)
        except (WheelRefusedError, WheelHostError) as failure:
            return NotHad(failure.code)

    async def _fetched(self, wheel: RegisteredWheel, seen: FileSignature) -> Fetched:
        with await self._fetcher.fetch(wheel.url, namespace=wheel.provider.prefix) as fetched:
            return Fetched(fetched.sha256, seen)


class FindAvailability:
    """Reads what is known of a public version's wheel on its host."""

    def __init__(self, checks: VersionChecks, find_version: FindVersion) -> None:
        self._checks = checks
        self._find_version = find_version

    async def execute(self, name: ProviderName, version: SemVer | None) -> Availability:
        """Return what is known of that version, or of the latest one for None; nothing before its first check.

        Raises:
            VersionNotFoundError: There is no such public version.
            StoreUnavailableError: The store is unreachable.
        """
        known = None if version is None else await self._checks.find(name, version)
        if known is not None:
            return known
        found = await self._find_version.execute(name, version)
        return await self._checks.find(name, found.version) or Availability()
