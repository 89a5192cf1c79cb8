"""Waiting for what can be observed, with a deadline that only a defect reaches."""

import threading
import time
from collections.abc import Callable

WAIT_SECONDS = 60
_POLL_SECONDS = 0.02


def wait_until(condition: Callable[[], object], *, seconds: float = WAIT_SECONDS) -> None:
    """Return when the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{condition} did not come to hold within {seconds} seconds"
        threading.Event().wait(_POLL_SECONDS)
