"""Secrets that do not print."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that shows only in ``reveal()``: not in logs, tracebacks, reprs or formatted strings."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """Return the value, to hand it to whoever needs it."""
        return self._value

    def __str__(self) -> str:
        """Return a mask."""
        return "********"
