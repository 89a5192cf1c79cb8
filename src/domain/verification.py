"""What was checked about an announcement and its wheel, and with what result."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from domain.errors import AnnouncementRefusedError


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict of one check.

    Attributes:
        name: Stable slug of what was checked.
        detail: What was compared with what, or, if it did not pass, the refusal's sentence.
    """

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The verdict on an announcement, check by check, in the order of checking; a failed check is the last one.

    Attributes:
        wheel_bytes: Size of what was fetched, or None if nothing was.
        inflated_bytes: What its files inflate to, or None if they were not read.
    """

    checks: tuple[Check, ...]
    checked_at: datetime
    wheel_bytes: int | None = None
    inflated_bytes: int | None = None

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


class Note:
    """What a check compared, told while it runs."""

    text = ""


class Examination:
    """Takes down the verdict of each check while an announcement and its wheel are examined.

    Attributes:
        wheel_bytes: To be set once the wheel is there.
        inflated_bytes: To be set once its files were read.
    """

    def __init__(self) -> None:
        """Start without any verdict."""
        self.wheel_bytes: int | None = None
        self.inflated_bytes: int | None = None
        self._checks: list[Check] = []

    @contextmanager
    def check(self, name: str) -> Iterator[Note]:
        """Run one check: it passes unless a refusal leaves the context, which is noted and goes on its way."""
        note = Note()
        try:
            yield note
        except AnnouncementRefusedError as refusal:
            self._checks.append(Check(name, passed=False, detail=refusal.detail))
            raise
        self._checks.append(Check(name, passed=True, detail=note.text))

    def verdict(self, *, at: datetime) -> Verification:
        """Return what was found so far."""
        return Verification(
            checks=tuple(self._checks),
            checked_at=at,
            wheel_bytes=self.wheel_bytes,
            inflated_bytes=self.inflated_bytes,
        )
