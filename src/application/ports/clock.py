"""Reading the time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present in UTC, aware, with microseconds at the finest."""
        ...
