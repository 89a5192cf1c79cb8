"""Delivering what the log gets to receivers, in order and at least once."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum

from application.ports.clock import Clock
from application.ports.log_queries import LogQueries, NumberedEntry
from application.ports.secret_cipher import SecretCipher
from application.ports.webhook_queue import LeasedReceiver, WebhookQueue
from application.ports.webhook_receivers import WebhookReceivers
from application.ports.webhook_sender import WebhookSender
from application.use_cases.read_log import ListChanges
from domain.tasks import QueueDepth
from domain.webhooks.delivery import Answer, Reply, next_attempt
from domain.webhooks.receivers import Attempt, Progress, Receiver, Stop
from domain.webhooks.signing import read_event, signed

_AT_ONCE = 100
"""Events that are delivered under one lease."""
_POSTPONED = timedelta(minutes=5)

OnAttempt = Callable[[Receiver, Attempt], None]


class DeliveryOutcome(StrEnum):
    """How the work on a receiver ended.

    ``DONE``: what was looked at is delivered. ``RETRIED``: an attempt failed, and there is another later.
    ``REFUSED``: nothing more is sent until an operator decides.
    """

    DONE = "done"
    RETRIED = "retried"
    REFUSED = "refused"
    LEASE_LOST = "lease_lost"


class DeliverWebhooks:
    """Sends a receiver its next events, one after the other.

    How far a receiver is, is kept after each event. So a worker that dies leaves at most one event that was sent and
    not recorded, which is sent again with the same id.

    Args:
        chance: Draws evenly from 0 to 1.
    """

    def __init__(
        self,
        *,
        queue: WebhookQueue,
        changes: ListChanges,
        sender: WebhookSender,
        cipher: SecretCipher,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._changes = changes
        self._sender = sender
        self._cipher = cipher
        self._clock = clock
        self._chance = chance

    async def execute(self, leased: LeasedReceiver, *, on_attempt: OnAttempt) -> DeliveryOutcome:
        """Deliver what is next, up to a failure.

        Raises:
            CursorAheadError: The receiver is past the end of the log, which went back.
            SecretUnreadableError: Its secrets were encrypted with a key that is not configured.
            StoreUnavailableError: The log or the receivers are unreachable.
        """
        receiver, progress = leased.receiver, leased.receiver.progress
        wanted = receiver.subscription
        page = await self._changes.execute(
            progress.cursor, limit=_AT_ONCE, types=wanted.types, provider=wanted.provider
        )
        for entry in page.items:
            answer, attempt = await self._attempt(receiver, entry)
            on_attempt(receiver, attempt)
            progress = progress.attempted(attempt)
            if answer.reply is not Reply.ACCEPTED:
                return await self._failed(leased, progress, answer)
            if not await self._queue.record(leased.lease, progress):
                return DeliveryOutcome.LEASE_LOST
        return await self._release(leased, progress.past(page.next), DeliveryOutcome.DONE)

    async def postpone(self, leased: LeasedReceiver) -> DeliveryOutcome:
        """Leave a receiver as it is, and look at it again later."""
        return await self._release(leased, leased.receiver.progress, DeliveryOutcome.RETRIED, after=_POSTPONED)

    async def _attempt(self, receiver: Receiver, entry: NumberedEntry) -> tuple[Answer, Attempt]:
        event, at = read_event(entry.leaf), self._clock.now()
        secrets = [self._cipher.reveal(sealed) for sealed in receiver.secrets.at(at)]
        message = signed(entry.leaf, message_id=event.id, secrets=secrets, at=at)
        answer = await self._sender.send(receiver.subscription.url, message)
        return answer, Attempt(
            at=at,
            index=entry.index,
            event_id=event.id,
            is_accepted=answer.reply is Reply.ACCEPTED,
            result=answer.result,
            seconds=round((self._clock.now() - at).total_seconds(), 3),
        )

    async def _failed(self, leased: LeasedReceiver, progress: Progress, answer: Answer) -> DeliveryOutcome:
        following = next_attempt(progress, answer, chance=self._chance())
        if isinstance(following, Stop):
            return await self._release(leased, progress.stopped(following), DeliveryOutcome.REFUSED)
        return await self._release(leased, progress, DeliveryOutcome.RETRIED, after=following)

    async def _release(
        self, leased: LeasedReceiver, progress: Progress, outcome: DeliveryOutcome, *, after: timedelta = timedelta()
    ) -> DeliveryOutcome:
        is_held = await self._queue.record(leased.lease, progress, release_after=after)
        return outcome if is_held else DeliveryOutcome.LEASE_LOST


class MeasureWebhooks:
    """Measures how far receivers are behind. Those that an operator stopped do not count."""

    def __init__(self, *, receivers: WebhookReceivers, log: LogQueries, clock: Clock) -> None:
        self._receivers = receivers
        self._log = log
        self._clock = clock

    async def execute(self) -> QueueDepth:
        """Return how many receivers have an event next, and the age of the oldest such event.

        An event from before an operator set the cursor is as old as that.

        Raises:
            StoreUnavailableError: The log or the receivers are unreachable.
        """
        waiting = [
            each.progress for each in await self._receivers.list_receivers() if each.progress.stop is not Stop.OPERATOR
        ]
        since = [
            max(read_event(leaf).at, progress.moved_at) for progress in waiting for leaf in await self._next(progress)
        ]
        oldest = self._clock.now() - min(since) if since else timedelta()
        return QueueDepth(due=len(since), oldest=max(oldest, timedelta()))

    async def _next(self, progress: Progress) -> Sequence[bytes]:
        return await self._log.list_entries(progress.cursor, progress.cursor + 1)
