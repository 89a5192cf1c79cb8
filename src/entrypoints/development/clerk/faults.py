"""Ways in which the stand-in fails when told to."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """Answers with this instead of doing what was asked."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectionReset:
    """Reads the request, then resets the connection."""


@dataclass(frozen=True, slots=True)
class Held:
    """Answers properly, but not before ``released`` is set.

    Attributes:
        arrived: Set as soon as a request waits.
    """

    released: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Event = field(default_factory=threading.Event)


Fault = CannedAnswer | ConnectionReset | Held


def error_answer(status: int, code: str, *, retry_after: str | None = None) -> CannedAnswer:
    """Return an error in Clerk's format."""
    message = code.replace("_", " ")
    body = {"errors": [{"code": code, "message": message, "long_message": message}], "clerk_trace_id": "trace_stand_in"}
    headers = () if retry_after is None else (("Retry-After", retry_after),)
    return CannedAnswer(status, json.dumps(body).encode(), (("Content-Type", "application/json"), *headers))


def too_many_requests(retry_after: str | None) -> CannedAnswer:
    """Return a 429; ``retry_after`` goes into the header as it is."""
    return error_answer(429, "too_many_requests", retry_after=retry_after)


class FaultPlan:
    """The faults that requests run into next, in order; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: deque[Fault] = deque()
        self._lasting: Fault | None = None
        self._held: list[Held] = []

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
        """Drop all faults and let held requests go."""
        with self._lock:
            self._planned.clear()
            self._lasting = None
            held, self._held = self._held, []
        for fault in held:
            fault.released.set()

    def take(self) -> Fault | None:
        """Return the fault of the request at hand, or None."""
        with self._lock:
            return self._planned.popleft() if self._planned else self._lasting

    def _remember(self, fault: Fault) -> None:
        if isinstance(fault, Held):
            self._held.append(fault)
