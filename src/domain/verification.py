"""What was checked about an announcement and its wheel, and with what result."""

from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

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


class OpenCheck:
    """A check while it runs: it passes unless a refusal leaves the context, which is noted and goes on its way.

    Attributes:
        text: What was compared, to be told while it runs.
    """

    __slots__ = ("_name", "_taken_down", "text")

    def __init__(self, name: str, taken_down: list[Check]) -> None:
        """Take the verdicts to add one to."""
        self._name = name
        self._taken_down = taken_down
        self.text = ""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take down the verdict, of which a fault that is no refusal says nothing."""
        if error is None:
            self._taken_down.append(Check(self._name, passed=True, detail=self.text))
        elif isinstance(error, AnnouncementRefusedError):
            self._taken_down.append(Check(self._name, passed=False, detail=error.detail))


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

    def check(self, name: str) -> OpenCheck:
        """Return the context in which to run one check."""
        return OpenCheck(name, self._checks)

    def verdict(self, *, at: datetime) -> Verification:
        """Return what was found so far."""
        return Verification(
            checks=tuple(self._checks),
            checked_at=at,
            wheel_bytes=self.wheel_bytes,
            inflated_bytes=self.inflated_bytes,
        )
