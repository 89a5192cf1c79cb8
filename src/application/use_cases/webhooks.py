"""What operators do with receivers of webhooks."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from application.errors import CursorAheadError, EventNotNextError, ReceiverExistsError, ReceiverNotFoundError
from application.ports.clock import Clock
from application.ports.secret_cipher import SecretCipher
from application.ports.webhook_receivers import WebhookReceivers
from application.ports.webhook_sender import WebhookSender
from application.use_cases.read_log import ListChanges
from domain.log.entries import source_of
from domain.webhooks.delivery import Answer
from domain.webhooks.receivers import (
    Progress,
    Receiver,
    SealedSecrets,
    Stop,
    Subscription,
    require_receiver_name,
)
from domain.webhooks.signing import new_secret, signed

TEST_TYPE = "org.provider-registry.webhook.test.v1"
"""Of events that are no part of the log."""


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A receiver, and its secret, which is shown this once.

    Attributes:
        secret: As the receiver is given it.
    """

    receiver: Receiver
    secret: str


class ManageWebhooks:
    """Adds receivers, and decides what becomes of them.

    Args:
        draw: Returns so many random bytes.
        new_id: Makes ids of test events.
    """

    def __init__(
        self,
        *,
        receivers: WebhookReceivers,
        changes: ListChanges,
        sender: WebhookSender,
        cipher: SecretCipher,
        clock: Clock,
        draw: Callable[[int], bytes],
        new_id: Callable[[], str],
    ) -> None:
        self._receivers = receivers
        self._changes = changes
        self._sender = sender
        self._cipher = cipher
        self._clock = clock
        self._draw = draw
        self._new_id = new_id

    async def add(self, name: str, subscription: Subscription, *, start: int | None = None) -> NewSecret:
        """Add a receiver that gets what the log gets from now on, or all from that index on.

        Raises:
            InvalidReceiverNameError: The name is none.
            ReceiverExistsError: There is one of that name.
            CursorAheadError: The log has not so many entries.
        """
        require_receiver_name(name)
        secret = new_secret(self._draw)
        receiver = Receiver(
            name=name,
            subscription=subscription,
            secrets=SealedSecrets(current=self._cipher.seal(secret)),
            progress=Progress(cursor=await self._place(start), moved_at=self._clock.now()),
        )
        if not await self._receivers.add(receiver):
            raise ReceiverExistsError(f"there is a receiver {name} already; remove it first, or choose another name")
        return NewSecret(receiver, secret)

    async def list(self) -> Sequence[Receiver]:
        """Return all receivers, by name."""
        return await self._receivers.list_receivers()

    async def find(self, name: str) -> Receiver:
        """Return a receiver.

        Raises:
            ReceiverNotFoundError: It is not there.
        """
        return _found(name, await self._receivers.find(name))

    async def rotate(self, name: str, *, overlap: timedelta) -> NewSecret:
        """Give a receiver another secret. The one before signs as well for a while.

        Raises:
            ReceiverNotFoundError: It is not there.
        """
        secret = new_secret(self._draw)
        sealed, until = self._cipher.seal(secret), self._clock.now() + overlap
        changed = await self._receivers.change(
            name, lambda receiver: replace(receiver, secrets=receiver.secrets.rotated(sealed, until=until))
        )
        return NewSecret(_found(name, changed), secret)

    async def disable(self, name: str) -> Receiver:
        """Send nothing to a receiver. It keeps its place.

        Raises:
            ReceiverNotFoundError: It is not there.
        """
        return await self._move(name, lambda progress: progress.stopped(Stop.OPERATOR))

    async def remove(self, name: str) -> None:
        """Remove a receiver, and its secrets.

        Raises:
            ReceiverNotFoundError: It is not there.
        """
        if not await self._receivers.remove(name):
            _found(name, None)

    async def replay(self, name: str, *, start: int | None = None) -> Receiver:
        """Send to a receiver at once, from where it is or from that index on, also if nothing was sent to it.

        Raises:
            ReceiverNotFoundError: It is not there.
            CursorAheadError: The log has not so many entries.
        """
        place, at = None if start is None else await self._place(start), self._clock.now()
        return await self._move(
            name, lambda progress: progress.moved(progress.cursor if place is None else place, at=at)
        )

    async def skip(self, name: str, index: int) -> Receiver:
        """Pass over the event that a receiver gets next, and send at once what follows.

        Raises:
            ReceiverNotFoundError: It is not there.
            EventNotNextError: The event of that index is not the next one.
        """
        at, before = self._clock.now(), (await self.find(name))
        wanted, cursor = before.subscription, before.progress.cursor
        page = await self._changes.execute(cursor, limit=1, types=wanted.types, provider=wanted.provider)

        def past(progress: Progress) -> Progress:
            if progress.cursor != cursor or [entry.index for entry in page.items] != [index]:
                raise EventNotNextError(
                    f"event {index} is not the one that {name} gets next; look at the receiver again"
                )
            return progress.moved(index + 1, at=at)

        return await self._move(name, past)

    async def test(self, name: str) -> Answer:
        """Send a receiver an event that is no part of the log, and return how that ended. Nothing else changes.

        Raises:
            ReceiverNotFoundError: It is not there.
            SecretUnreadableError: Its secrets were encrypted with another key.
            LogEmptyError: There is no log yet.
        """
        receiver, at, event_id = await self.find(name), self._clock.now(), self._new_id()
        origin = (await self._changes.execute(0, limit=1)).origin
        event = {
            "data": {"receiver": name},
            "datacontenttype": "application/json",
            "id": event_id,
            "source": source_of(origin),
            "specversion": "1.0",
            "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "type": TEST_TYPE,
        }
        secrets = [self._cipher.reveal(sealed) for sealed in receiver.secrets.at(at)]
        message = signed(json.dumps(event).encode(), message_id=event_id, secrets=secrets, at=at)
        return await self._sender.send(receiver.subscription.url, message)

    async def _move(self, name: str, move: Callable[[Progress], Progress]) -> Receiver:
        changed = await self._receivers.change(
            name, lambda receiver: replace(receiver, progress=move(receiver.progress))
        )
        return _found(name, changed)

    async def _place(self, start: int | None) -> int:
        head = await self._changes.head()
        if start is not None and start > head:
            raise CursorAheadError(f"the log has {head} entries; begin at one of them, or with the next one, {head}")
        return head if start is None else start


def _found(name: str, receiver: Receiver | None) -> Receiver:
    if receiver is None:
        raise ReceiverNotFoundError(f"there is no receiver {name}; list them, or add it")
    return receiver
