"""Noticing hosts that drip."""

from dataclasses import dataclass

from application.errors import WheelHostTimeoutError


@dataclass(slots=True)
class RateGuard:
    """Refuses a host that delivers less than a minimum, which no timeout per read notices.

    Only the time spent waiting for the host counts, so a slow local disk is not held against it.

    Attributes:
        min_rate: Bytes per second.
        window: Seconds over which the rate is averaged.
    """

    host: str
    min_rate: int
    window: float
    _waited: float = 0.0
    _received: int = 0

    def arrived(self, size: int, *, after: float) -> None:
        """Count bytes that arrived after that many seconds of waiting.

        Raises:
            WheelHostTimeoutError: The window that ended now was too slow.
        """
        self._waited += after
        self._received += size
        if self._waited < self.window:
            return
        if self._received < self.min_rate * self._waited:
            raise WheelHostTimeoutError(
                f"the wheel's host {self.host} sends less than {self.min_rate} bytes per second; try again later"
            )
        self._waited, self._received = 0.0, 0
