"""How many registrations one caller may have in flight at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from application.errors import TooManyRegistrationsError


class InFlight:
    """Bounds registrations in flight per caller, within this process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: Counter[str] = Counter()

    @contextmanager
    def hold(self, caller: str) -> Iterator[None]:
        """Count one registration while the context is open.

        Raises:
            TooManyRegistrationsError: The caller has as many as it may.
        """
        if self._held[caller] >= self._limit:
            raise TooManyRegistrationsError(
                f"{caller} has {self._limit} registrations in flight; wait for one to finish and send this again"
            )
        self._held[caller] += 1
        try:
            yield
        finally:
            self._held[caller] -= 1
            if not self._held[caller]:
                del self._held[caller]
