"""How much work a comparison may take, by counting."""

from collections.abc import Iterator
from contextlib import contextmanager

MAX_PAIRS = 50_000
MAX_STEPS = 200_000
MAX_LEVELS = 64


class ExhaustedError(Exception):
    """The work for one question, or for the whole comparison, is used up."""


class Budget:
    """Counts pairs of schemas and steps of everything else. What finds it empty answers that it does not know."""

    def __init__(self, *, pairs: int = MAX_PAIRS, steps: int = MAX_STEPS) -> None:
        self._pairs = pairs
        self._steps = steps
        self._floor = 0
        self.is_exhausted = False

    def take_pair(self) -> bool:
        """Count a pair of schemas; False if no more may be visited."""
        self._pairs -= 1
        self.is_exhausted |= self._pairs < 0
        return self._pairs >= 0

    def spend(self, steps: int = 1) -> None:
        """Count steps.

        Raises:
            ExhaustedError: None are left.
        """
        self._steps -= steps
        if self._steps < self._floor:
            self.is_exhausted |= self._steps < 0
            raise ExhaustedError

    @contextmanager
    def limited(self, steps: int) -> Iterator[None]:
        """Allow so many steps and no more in the context."""
        outer, self._floor = self._floor, max(self._floor, self._steps - steps)
        try:
            yield
        finally:
            self._floor = outer
