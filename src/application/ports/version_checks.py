"""Knowing which public versions' wheels to check on their hosts, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from application.ports.leases import Leases
from domain.availability import Availability, CheckSchedule, OriginEvent, OriginVerdict
from domain.mirror import RegisteredWheel
from domain.names import ProviderName
from domain.semver import SemVer
from domain.tasks import Lease, QueueDepth


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedCheck:
    """A wheel whose check was claimed, and what is known of it."""

    wheel: RegisteredWheel
    known: Availability
    lease: Lease


MAX_ORIGIN_EVENTS = 100
"""How many events of one version are kept. A host that changes its wheel every day fills no table."""
MAX_COUNTED = 1000
"""How many versions of one verdict, or checks that are due, are counted at most, so that counting costs no more."""


class VersionChecks(Leases, Protocol):
    """Holds one check for each public version, each with its own due time."""

    async def enrol(self, schedule: CheckSchedule, *, limit: int) -> int:
        """Add the checks of public versions that have none, due as ``first_check`` says. Return how many."""
        ...

    async def claim(self, *, seconds: float, limit: int) -> Sequence[LeasedCheck]:
        """Lease checks that are due, the longest due first, for so many seconds.

        Concurrent callers get different ones. A check whose lease has ended is due again.
        """
        ...

    async def record(
        self, lease: Lease, known: Availability, *, after: timedelta, event: OriginEvent | None = None
    ) -> bool:
        """Keep what is known, and end the lease; the check is due again after that time.

        The event becomes the last one of the version's history, unless that has ``MAX_ORIGIN_EVENTS`` already.
        """
        ...

    async def find(self, name: ProviderName, version: SemVer) -> Availability | None:
        """Return what is known of a public version, or None before its first check."""
        ...

    async def measure(self) -> QueueDepth:
        """Return how many checks are due, ``MAX_COUNTED`` at most, and for how long the oldest of them has been."""
        ...

    async def count_amiss(self) -> Mapping[OriginVerdict, int]:
        """Return how many versions are drifted, and how many unreachable; ``MAX_COUNTED`` of each at most."""
        ...
