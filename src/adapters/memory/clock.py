"""A clock that is set by hand."""

from datetime import UTC, datetime, timedelta

_START = datetime(2026, 1, 1, tzinfo=UTC)


class ManualClock:
    """Stands still until it is set or advanced."""

    def __init__(self, start: datetime = _START) -> None:
        self.set(start)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Set the clock to an aware time.

        Raises:
            ValueError: The time is naive.
        """
        if now.tzinfo is None:
            raise ValueError("a clock tells aware times only")
        self._now = now.astimezone(UTC)

    def advance(self, *, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
