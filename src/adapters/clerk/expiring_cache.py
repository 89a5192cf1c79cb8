"""Remembering a few things for a short while."""

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ExpiringCache(Generic[Value]):
    """Keeps at most so many values, each for so many seconds; the oldest makes room."""

    def __init__(self, *, lifetime: float, size: int, monotonic: Callable[[], float]) -> None:
        self._lifetime = lifetime
        self._size = size
        self._monotonic = monotonic
        self._entries: dict[str, tuple[float, Value]] = {}

    def get(self, key: str) -> Value | None:
        """Return the value, or None when there is none or it is too old."""
        entry = self._entries.get(key)
        if entry is None or self._monotonic() - entry[0] >= self._lifetime:
            return None
        return entry[1]

    def put(self, key: str, value: Value) -> None:
        """Remember a value from now on."""
        self._entries.pop(key, None)
        while len(self._entries) >= self._size:
            self._entries.pop(next(iter(self._entries)))
        self._entries[key] = (self._monotonic(), value)
