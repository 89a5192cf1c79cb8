"""Whether a public version's wheel is still where it was registered."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.wheel.file import Sha256Digest

_HASH_BITS = 64


class OriginVerdict(StrEnum):
    """What is known of a wheel on its host.

    ``intact``: its bytes are those that were registered. ``drifted``: two fetches, some time apart, agree on other
    bytes. ``unreachable``: it could not be had for days.
    """

    INTACT = "intact"
    DRIFTED = "drifted"
    UNREACHABLE = "unreachable"


AMISS = (OriginVerdict.DRIFTED, OriginVerdict.UNREACHABLE)
"""The verdicts on a wheel that is not as it was registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSchedule:
    """When wheels are checked.

    Attributes:
        look_every: How often a host is asked for the length and the entity tag of a wheel.
        verify_every: How often a wheel is fetched whole.
        confirm_after: When other bytes are fetched again.
        retry_after: When a host that could not be reached is asked again.
        unreachable_after: How long a wheel cannot be had before its verdict says so.
    """

    look_every: timedelta = timedelta(days=1)
    verify_every: timedelta = timedelta(days=30)
    confirm_after: timedelta = timedelta(hours=1)
    retry_after: timedelta = timedelta(hours=6)
    unreachable_after: timedelta = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSignature:
    """What a host says of a file without sending it. Equal ones are no proof that the bytes are equal.

    Attributes:
        size: In bytes, if the host says it.
        tag: Its entity tag, if it has one.
    """

    size: int | None = None
    tag: str | None = None

    @property
    def is_telling(self) -> bool:
        """Whether a change of the file would show."""
        return self.size is not None and self.tag is not None


@dataclass(frozen=True, slots=True)
class Looked:
    """The host answered without sending the file."""

    signature: FileSignature


@dataclass(frozen=True, slots=True)
class Fetched:
    """The whole file was fetched.

    Attributes:
        signature: What the host said of it just before.
    """

    sha256: Sha256Digest
    signature: FileSignature | None = None


@dataclass(frozen=True, slots=True)
class NotHad:
    """The file could not be had.

    Attributes:
        code: Of the failure.
    """

    code: str


Observation = Looked | Fetched | NotHad


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What the checks of one version's wheel came to.

    Attributes:
        verdict: None before the first check that came to one.
        since: From when on the verdict holds.
        checked_at: The last time that the host was asked.
        verified_at: The last time that the registered bytes were fetched.
        failing_since: From when on the wheel could not be had, up to the last check.
        failure: The code of the last failure, while it fails.
        signature: What the host said of the registered bytes.
        other_sha256: Other bytes that the last whole fetch found.
    """

    verdict: OriginVerdict | None = None
    since: datetime | None = None
    checked_at: datetime | None = None
    verified_at: datetime | None = None
    failing_since: datetime | None = None
    failure: str | None = None
    signature: FileSignature | None = None
    other_sha256: Sha256Digest | None = None

    def wants_whole(self, seen: FileSignature | None, schedule: CheckSchedule, *, at: datetime) -> bool:
        """Tell whether the wheel has to be fetched: now and then, after a change, and where nothing else would tell."""
        is_fresh = self.verified_at is not None and at - self.verified_at < schedule.verify_every
        return (
            not is_fresh
            or self.verdict is not OriginVerdict.INTACT
            or self.other_sha256 is not None
            or seen is None
            or not seen.is_telling
            or seen != self.signature
        )

    def after(
        self, observation: Observation, registered: Sha256Digest, schedule: CheckSchedule, *, at: datetime
    ) -> "Availability":
        """Return what is known after a check."""
        match observation:
            case NotHad(code):
                return self._failing(code, schedule, at)
            case Looked():
                return replace(self, checked_at=at, failing_since=None, failure=None)
            case Fetched(sha256, signature) if sha256 == registered:
                found = self._judged(OriginVerdict.INTACT, at)
                return replace(found, verified_at=at, signature=signature, other_sha256=None)
            case Fetched(sha256) if sha256 == self.other_sha256:
                return self._judged(OriginVerdict.DRIFTED, at)
            case Fetched(sha256):
                seen = replace(self, other_sha256=sha256, checked_at=at, failing_since=None, failure=None)
                # Drifted bytes that change once more are still not the registered ones.
                return (
                    seen if self.verdict is not OriginVerdict.UNREACHABLE else replace(seen, verdict=None, since=None)
                )

    def next_check(self, schedule: CheckSchedule) -> timedelta:
        """Return how long to wait before the next check."""
        if self.failing_since is not None:
            return schedule.retry_after
        if self.other_sha256 is not None and self.verdict is not OriginVerdict.DRIFTED:
            return schedule.confirm_after
        return schedule.look_every

    def _judged(self, verdict: OriginVerdict, at: datetime) -> "Availability":
        since = self.since if verdict is self.verdict else at
        return replace(self, verdict=verdict, since=since, checked_at=at, failing_since=None, failure=None)

    def _failing(self, code: str, schedule: CheckSchedule, at: datetime) -> "Availability":
        since = self.failing_since or at
        failing = replace(self, checked_at=at, failing_since=since, failure=code)
        if at - since < schedule.unreachable_after or self.verdict is OriginVerdict.UNREACHABLE:
            return failing
        return replace(failing, verdict=OriginVerdict.UNREACHABLE, since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginEvent:
    """Another verdict on a version's wheel. Never changed or removed once it is kept.

    Attributes:
        at: When the check was that came to it.
        since: From when on the verdict holds.
        failure: The code of the last failure, if the wheel could not be had.
        other_sha256: The other bytes, if it drifted.
    """

    verdict: OriginVerdict
    at: datetime
    since: datetime
    failure: str | None = None
    other_sha256: Sha256Digest | None = None


def origin_event(before: Availability, after: Availability) -> OriginEvent | None:
    """Return what a check adds to a version's history: none if the verdict stays, or is the first and as expected."""
    if after.verdict is None or after.verdict is before.verdict or after.since is None or after.checked_at is None:
        return None
    nothing_was_wrong = before.verdict is None and before.verified_at is None and before.other_sha256 is None
    if after.verdict is OriginVerdict.INTACT and nothing_was_wrong:
        return None
    return OriginEvent(
        verdict=after.verdict,
        at=after.checked_at,
        since=after.since,
        failure=after.failure,
        other_sha256=after.other_sha256,
    )


def first_check(key: str, schedule: CheckSchedule) -> timedelta:
    """Return how long after its publication a version is looked at first: spread evenly, and the same each time.

    Args:
        key: Of the version.
        schedule: Over whose shorter period checks are spread.
    """
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[: _HASH_BITS // 8], "big")
    return schedule.look_every * (drawn / (1 << _HASH_BITS))
