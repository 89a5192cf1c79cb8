"""Checks of public versions in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from adapters.memory.version_repository import InMemoryVersionRepository
from application.ports.clock import Clock
from application.ports.version_checks import MAX_COUNTED, MAX_ORIGIN_EVENTS, LeasedCheck
from domain.availability import AMISS, Availability, CheckSchedule, OriginEvent, OriginVerdict, first_check
from domain.mirror import RegisteredWheel
from domain.names import ProviderName
from domain.semver import SemVer
from domain.tasks import Lease, QueueDepth


@dataclass(slots=True)
class _Check:
    wheel: RegisteredWheel
    due_at: datetime
    known: Availability = field(default_factory=Availability)
    attempts: int = 0
    token: UUID | None = None


class InMemoryVersionChecks:
    """Leases the checks of a store in memory; implements ``application.ports.version_checks.VersionChecks``."""

    def __init__(self, store: InMemoryVersionRepository, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._checks: dict[UUID, _Check] = {}

    async def enrol(self, schedule: CheckSchedule, *, limit: int) -> int:
        present = {(each.wheel.provider, each.wheel.version.text) for each in self._checks.values()}
        missing = [
            each for each in await self._store.registered_wheels() if (each.provider, each.version.text) not in present
        ]
        for wheel in missing[:limit]:
            due_at = self._clock.now() + first_check(f"{wheel.provider}@{wheel.version}", schedule)
            self._checks[uuid4()] = _Check(wheel, due_at)
        return len(missing[:limit])

    async def claim(self, *, seconds: float, limit: int) -> Sequence[LeasedCheck]:
        await self._store.ping()
        now = self._clock.now()
        due = [(name, check) for name, check in self._checks.items() if check.due_at <= now]
        claimed = []
        for name, check in sorted(due, key=lambda each: each[1].due_at)[:limit]:
            token = uuid4()
            check.token, check.due_at, check.attempts = token, now + timedelta(seconds=seconds), check.attempts + 1
            lease = Lease(id=name, token=token, attempt=check.attempts)
            claimed.append(LeasedCheck(wheel=check.wheel, known=check.known, lease=lease))
        return claimed

    async def record(
        self, lease: Lease, known: Availability, *, after: timedelta, event: OriginEvent | None = None
    ) -> bool:
        check = await self._held(lease)
        if check is not None:
            is_changed = known.verdict is not check.known.verdict
            check.known, check.due_at, check.attempts, check.token = known, self._clock.now() + after, 0, None
            history = self._store.events[check.wheel.provider, check.wheel.version]
            if event is not None and sum(isinstance(each, OriginEvent) for each in history) < MAX_ORIGIN_EVENTS:
                history.append(event)
            if is_changed:
                self._store.listeners.on_change(check.wheel.provider)
        return check is not None

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        check = await self._held(lease)
        if check is not None:
            check.due_at = self._clock.now() + timedelta(seconds=seconds)
        return check is not None

    async def give_back(self, lease: Lease) -> bool:
        check = await self._held(lease)
        if check is not None:
            check.due_at, check.attempts, check.token = self._clock.now(), check.attempts - 1, None
        return check is not None

    async def find(self, name: ProviderName, version: SemVer) -> Availability | None:
        await self._store.ping()
        found = (each for each in self._checks.values() if (each.wheel.provider, each.wheel.version) == (name, version))
        check = next(found, None)
        return None if check is None or check.known.checked_at is None else check.known

    async def measure(self) -> QueueDepth:
        await self._store.ping()
        now = self._clock.now()
        since = [each.due_at for each in self._checks.values() if each.due_at <= now]
        return QueueDepth(due=min(len(since), MAX_COUNTED), oldest=now - min(since, default=now))

    async def count_amiss(self) -> Mapping[OriginVerdict, int]:
        await self._store.ping()
        found = [each.known.verdict for each in self._checks.values()]
        return {verdict: min(found.count(verdict), MAX_COUNTED) for verdict in AMISS}

    async def _held(self, lease: Lease) -> _Check | None:
        await self._store.ping()
        check = self._checks.get(lease.id)
        return check if check is not None and check.token == lease.token else None
