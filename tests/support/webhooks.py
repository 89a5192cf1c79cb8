"""Receivers of webhooks, the log that they follow, and what they were sent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from standardwebhooks import Webhook

from adapters.jwe import JweCipher
from adapters.memory.clock import ManualClock
from adapters.memory.transparency_log import InMemoryLog
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.memory.webhook_receivers import InMemoryWebhookReceivers
from adapters.memory.webhook_sender import InMemoryWebhookSender
from application.use_cases.deliver_webhooks import DeliverWebhooks, DeliveryOutcome, MeasureWebhooks
from application.use_cases.read_log import ListChanges
from application.use_cases.webhooks import ManageWebhooks
from domain.webhooks.delivery import Answer, Reply
from domain.webhooks.receivers import Attempt, Receiver, ReceiverUrl, Subscription
from provider_registry_testing.logs import LATER
from provider_registry_testing.webhook_receivers import Webhooks
from tests.support.https_host import Exchange

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
URL = "https://ci.example.com/hooks"
NO_CHANCE = 0.0


def to(url: str = URL, **wanted: Any) -> Subscription:
    return Subscription(url=ReceiverUrl.parse(url), **wanted)


def failing(result: str = "500", *, reply: Reply = Reply.FAILED, wait: timedelta = timedelta()) -> Answer:
    return Answer(reply, result, wait)


@dataclass
class MemoryWorld:
    """Webhooks in memory, and a clock that stands still."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(LATER))
    sender: InMemoryWebhookSender = field(default_factory=InMemoryWebhookSender)
    attempts: list[Attempt] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = InMemoryVersionRepository()
        log = InMemoryLog(store)
        self.receivers = InMemoryWebhookReceivers(log, self.clock)
        self.webhooks = Webhooks(self.receivers, log, store)
        self.changes, self.cipher = ListChanges(log), JweCipher([KEY])
        self.measure = MeasureWebhooks(receivers=self.receivers, log=log, clock=self.clock)

    @property
    def deliver(self) -> DeliverWebhooks:
        return DeliverWebhooks(
            queue=self.receivers,
            changes=self.changes,
            sender=self.sender,
            cipher=self.cipher,
            clock=self.clock,
            chance=lambda: NO_CHANCE,
        )

    @property
    def manage(self) -> ManageWebhooks:
        return ManageWebhooks(
            receivers=self.receivers,
            changes=self.changes,
            sender=self.sender,
            cipher=self.cipher,
            clock=self.clock,
            draw=lambda size: bytes([len(self.sender.sent) + 1]) * size,
            new_id=lambda: "test-id",
        )

    async def work(self, *, later: timedelta = timedelta()) -> Sequence[DeliveryOutcome]:
        """Do what is due after that time."""
        self.clock.advance(seconds=later.total_seconds())
        leased = await self.receivers.claim(seconds=60, limit=10)
        return [await self.deliver.execute(each, on_attempt=self._on_attempt) for each in leased]

    def refuse(self, *answers: Answer) -> None:
        """Answer so in turn, and accept from then on."""
        left = list(answers)
        self.sender.answer = lambda _: left.pop(0) if left else Answer(Reply.ACCEPTED, "200")

    def subjects(self) -> list[str]:
        """Return what was sent, as ``subject type``."""
        events = [json.loads(message.body) for _, message in self.sender.sent]
        return [f"{event['subject']} {event['type'].split('.')[-2]}" for event in events]

    def _on_attempt(self, _: Receiver, attempt: Attempt) -> None:
        self.attempts.append(attempt)


def fields_of(exchange: Exchange) -> dict[str, str]:
    """Return a request's header fields as they were written."""
    lines = exchange.head.decode("latin-1").split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines if line)


def verified(exchange: Exchange, secret: str) -> dict[str, Any]:
    """Return the event of a delivery, as a receiver verifies it with the specification's own library."""
    event: dict[str, Any] = Webhook(secret).verify(exchange.body, fields_of(exchange))
    return event
