"""What was measured, against what, and whether that is enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several samples, with the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> Self:
        """Sum up samples, one per round."""
        return cls(median(samples), min(samples), max(samples))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Sum up the ratio of two contestants, round by round."""
    return Spread.of([mine / other for mine, other in zip(ours, theirs, strict=True)])


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound that a median is held to."""

    bound: float
    at_least: bool

    def is_met(self, value: float) -> bool:
        """Tell whether a value is on the right side."""
        return value >= self.bound if self.at_least else value <= self.bound


def at_least(bound: float) -> Goal:
    """Return the goal to reach a bound."""
    return Goal(bound, at_least=True)


def at_most(bound: float) -> Goal:
    """Return the goal to stay within a bound."""
    return Goal(bound, at_least=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        value: In ``unit``; a ratio's unit is ``×``.
        ours: What this service did, as a text with its unit.
        against: What it is compared with, and what that did.
        goal: None where there is nothing to reach, only something to know.
    """

    section: str
    what: str
    value: Spread
    unit: str = "×"
    ours: str = ""
    against: str = ""
    goal: Goal | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        return None if self.goal is None else self.goal.is_met(self.value.median)
