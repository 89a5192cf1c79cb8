"""Sending messages to receivers."""

from typing import Protocol

from domain.webhooks.delivery import Answer
from domain.webhooks.receivers import ReceiverUrl
from domain.webhooks.signing import Message


class WebhookSender(Protocol):
    """Sends to hosts that are not trusted."""

    async def send(self, url: ReceiverUrl, message: Message) -> Answer:
        """Send a message, and return how that ended: within bounded time, whatever the host does. Follows nothing."""
        ...
