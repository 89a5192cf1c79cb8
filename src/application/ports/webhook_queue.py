"""Knowing which receivers to send events to, and how far each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from application.ports.leases import Leases
from domain.tasks import Lease
from domain.webhooks.receivers import Progress, Receiver


@dataclass(frozen=True, slots=True)
class LeasedReceiver:
    """A receiver that was claimed."""

    receiver: Receiver
    lease: Lease


class WebhookQueue(Leases, Protocol):
    """Lets one worker at a time send to a receiver."""

    async def claim(self, *, seconds: float, limit: int) -> Sequence[LeasedReceiver]:
        """Lease receivers that are due, the longest due first, for so many seconds.

        A receiver is due if it is not stopped, the log has entries that it is not past, and its time has come.
        Concurrent callers get different ones. A receiver whose lease has ended is due again.
        """
        ...

    async def record(self, lease: Lease, progress: Progress, *, release_after: timedelta | None = None) -> bool:
        """Keep how far the receiver is; with a time, end the lease as well, and it is due again after that.

        Return whether the lease was held; nothing changes otherwise.
        """
        ...
