"""Faults that the fake injects."""

import threading
from collections import deque
from dataclasses import dataclass, field

from entrypoints.development.clerk.responses import CannedResponse


@dataclass(frozen=True, slots=True)
class ConnectionReset:
    """Reads the request, then resets the connection."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Answers as usual, but not before ``released`` is set.

    Attributes:
        arrived: Set as soon as a request waits.
    """

    released: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Event = field(default_factory=threading.Event)


Fault = CannedResponse | ConnectionReset | Paused


class FaultPlan:
    """The faults that requests run into next, in order; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: deque[Fault] = deque()
        self._lasting: Fault | None = None
        self._paused: list[Paused] = []

    def next(self, fault: Fault, *, times: int = 1) -> None:
        """Make the next requests run into the fault."""
        with self._lock:
            self._planned.extend([fault] * times)
            self._remember(fault)

    def always(self, fault: Fault) -> None:
        """Make every request run into the fault until ``clear``."""
        with self._lock:
            self._lasting = fault
            self._remember(fault)

    def clear(self) -> None:
        """Drop all faults and release paused requests."""
        with self._lock:
            self._planned.clear()
            self._lasting = None
            paused, self._paused = self._paused, []
        for fault in paused:
            fault.released.set()

    def take(self) -> Fault | None:
        """Return the fault of the request at hand, or None."""
        with self._lock:
            return self._planned.popleft() if self._planned else self._lasting

    def _remember(self, fault: Fault) -> None:
        if isinstance(fault, Paused):
            self._paused.append(fault)
