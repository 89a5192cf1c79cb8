"""Deliveries of webhooks, as work for a loop."""

from collections.abc import Mapping, Sequence

import structlog

from application.errors import CursorAheadError, LogEmptyError, SecretUnreadableError
from application.ports.webhook_queue import LeasedReceiver, WebhookQueue
from application.use_cases.deliver_webhooks import DeliverWebhooks, DeliveryOutcome
from domain.webhooks.receivers import Attempt, Receiver
from entrypoints.telemetry import TaskObserver, TaskOutcome
from entrypoints.work.loop import Work

WEBHOOK = "webhook"
_CONCURRENCY = 16
"""Receivers that a process sends to at once: each costs a connection, and waits most of the time."""


def webhook_work(queue: WebhookQueue, deliver: DeliverWebhooks, observer: TaskObserver) -> Work[LeasedReceiver]:
    """Return the work of delivering webhooks.

    Args:
        queue: What is claimed.
        deliver: Delivers to one receiver.
        observer: Is told of each attempt.
    """
    log = structlog.get_logger()

    async def claim(limit: int, seconds: float) -> Sequence[LeasedReceiver]:
        return await queue.claim(seconds=seconds, limit=limit)

    def on_attempt(_: Receiver, attempt: Attempt) -> None:
        observer.webhook_attempted(is_accepted=attempt.is_accepted)
        write = log.info if attempt.is_accepted else log.warning
        write("webhook_attempted", index=attempt.index, event_id=attempt.event_id, result=attempt.result)

    async def perform(leased: LeasedReceiver) -> TaskOutcome:
        try:
            outcome = await deliver.execute(leased, on_attempt=on_attempt)
        except (CursorAheadError, LogEmptyError, SecretUnreadableError) as error:
            log.error("webhook_postponed", code=error.code, reason=error.detail)  # noqa: TRY400 -- no defect
            outcome = await deliver.postpone(leased)
        if outcome is DeliveryOutcome.REFUSED:
            log.error("webhook_disabled")
        return TaskOutcome(outcome)

    async def fail(leased: LeasedReceiver, error: Exception) -> TaskOutcome:  # noqa: ARG001 -- logged by the loop
        return TaskOutcome(await deliver.postpone(leased))

    return Work(
        kind=WEBHOOK,
        claim=claim,
        leases=queue,
        perform=perform,
        fail=fail,
        describe=_described,
        concurrency=_CONCURRENCY,
    )


def _described(leased: LeasedReceiver) -> Mapping[str, object]:
    return {"receiver": leased.receiver.name, "host": leased.receiver.subscription.url.host}
