"""Sending messages to nowhere."""

from typing import TYPE_CHECKING

from domain.webhooks.delivery import Answer, Reply
from domain.webhooks.receivers import ReceiverUrl
from domain.webhooks.signing import Message

if TYPE_CHECKING:
    from collections.abc import Callable


class InMemoryWebhookSender:
    """Keeps what it was to send; implements ``application.ports.webhook_sender.WebhookSender``.

    Attributes:
        sent: In order.
        answer: Called for each message.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[ReceiverUrl, Message]] = []
        self.answer: Callable[[Message], Answer] = lambda _: Answer(Reply.ACCEPTED, "200")

    async def send(self, url: ReceiverUrl, message: Message) -> Answer:
        self.sent.append((url, message))
        return self.answer(message)
