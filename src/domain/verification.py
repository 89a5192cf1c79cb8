"""What was checked about an announcement and its wheel, and with what result."""

from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from domain.errors import AnnouncementRefusedError


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check.

    Attributes:
        name: Stable slug of what was checked.
        detail: What was compared with what, or, if it did not pass, the refusal's sentence.
        is_partial: Whether there was less to compare than there could be. Verdicts from before it was kept say no.
    """

    name: str
    passed: bool
    detail: str
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The checks of an announcement and its wheel in their order. A failed check is the last one.

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
        return all(check.passed for check in self.checks)


class CheckRun:
    """Context of one check: failed if an ``AnnouncementRefusedError`` leaves it, passed if nothing does.

    Attributes:
        detail: What was compared with what; set it inside of the context.
        is_partial: Whether there was less to compare than there could be; likewise.
    """

    __slots__ = ("_checks", "_name", "detail", "is_partial")

    def __init__(self, name: str, checks: list[Check]) -> None:
        self._name = name
        self._checks = checks
        self.detail = ""
        self.is_partial = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._checks.append(Check(self._name, passed=True, detail=self.detail, is_partial=self.is_partial))
        elif isinstance(error, AnnouncementRefusedError):
            self._checks.append(Check(self._name, passed=False, detail=error.detail))


class VerificationLog:
    """Records each check of an announcement and its wheel.

    Attributes:
        wheel_bytes: Set it once the wheel is fetched.
        inflated_bytes: Set it once its files are read.
    """

    def __init__(self) -> None:
        self.wheel_bytes: int | None = None
        self.inflated_bytes: int | None = None
        self._checks: list[Check] = []

    def check(self, name: str) -> CheckRun:
        return CheckRun(name, self._checks)

    def verdict(self, *, at: datetime) -> Verification:
        return Verification(
            checks=tuple(self._checks),
            checked_at=at,
            wheel_bytes=self.wheel_bytes,
            inflated_bytes=self.inflated_bytes,
        )
