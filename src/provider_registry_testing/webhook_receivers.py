"""The contract of the receivers of webhooks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import pytest

from application.ports.webhook_queue import LeasedReceiver, WebhookQueue
from application.ports.webhook_receivers import WebhookReceivers
from domain.log.entries import EventType
from domain.webhooks.receivers import (
    Attempt,
    Progress,
    Receiver,
    ReceiverUrl,
    SealedSecrets,
    Stop,
    Subscription,
)
from provider_registry_testing.builders import NOW, a_name, a_version
from provider_registry_testing.logs import LogStore, append_to, open_log
from provider_registry_testing.writes import VersionStore, writing

A_MINUTE, A_DAY, AT_ONCE = 60.0, timedelta(days=1), timedelta()


class Receivers(WebhookReceivers, WebhookQueue, Protocol):
    """An adapter for both ports of receivers."""


def a_receiver(
    name: str = "ci", *, cursor: int = 0, url: str = "https://ci.example.com/hooks?team=a", **wanted: object
) -> Receiver:
    """Return a receiver at the beginning of the log."""
    return Receiver(
        name=name,
        subscription=Subscription(url=ReceiverUrl.parse(url), **wanted),  # type: ignore[arg-type] # as a test says
        secrets=SealedSecrets(current="sealed"),
        progress=Progress(cursor=cursor, moved_at=NOW),
    )


def an_attempt(index: int = 0, *, is_accepted: bool = False, result: str = "500") -> Attempt:
    return Attempt(at=NOW, index=index, event_id=f"event-{index}", is_accepted=is_accepted, result=result, seconds=0.25)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Receivers, the log that they follow, and the store that it is of."""

    receivers: Receivers
    log: LogStore
    store: VersionStore

    async def publish(self, *versions: str) -> None:
        """Publish versions, and append them to the log, which is opened before the first."""
        await open_log(self.log)
        for text in versions:
            version = a_version(text)
            await self.store.update(version.name, version.version, writing(version))
        while await append_to(self.log):
            pass

    async def claim(self, *, seconds: float = A_MINUTE, limit: int = 100) -> Sequence[LeasedReceiver]:
        return await self.receivers.claim(seconds=seconds, limit=limit)

    async def progress(self, name: str = "ci") -> Progress:
        found = await self.receivers.find(name)
        assert found is not None
        return found.progress


@pytest.mark.anyio
class WebhookReceiversContract:
    """What every adapter of ``WebhookReceivers`` and ``WebhookQueue`` promises.

    A subclass has a fixture ``webhooks``, which returns empty ones. A lease of no time has ended when it begins.
    """

    async def test_what_was_added_is_found_whole(self, webhooks: Webhooks) -> None:
        progress = Progress(
            cursor=3,
            moved_at=NOW,
            failures=2,
            stop=Stop.EXHAUSTED,
            attempts=(an_attempt(2, is_accepted=True, result="204"), an_attempt(3, result="timeout")),
        )
        added = replace(
            a_receiver(types=(EventType.VERSION_YANKED, EventType.VERSION_PUBLISHED), provider=a_name()),
            progress=progress,
            secrets=SealedSecrets(current="new", previous="old", previous_until=NOW + A_DAY),
        )
        assert await webhooks.receivers.add(added)
        assert await webhooks.receivers.add(a_receiver("audit"))
        assert await webhooks.receivers.find("ci") == added
        assert await webhooks.receivers.find("other") is None
        assert [each.name for each in await webhooks.receivers.list_receivers()] == ["audit", "ci"]

    async def test_a_name_is_taken_once(self, webhooks: Webhooks) -> None:
        first = a_receiver()
        assert await webhooks.receivers.add(first)
        assert not await webhooks.receivers.add(a_receiver(url="https://other.example.com/"))
        assert await webhooks.receivers.list_receivers() == [first]

    async def test_what_was_removed_is_gone(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        await webhooks.receivers.add(a_receiver())
        [claimed] = await webhooks.claim()
        assert await webhooks.receivers.remove("ci")
        assert not await webhooks.receivers.remove("ci")
        assert not await webhooks.receivers.record(claimed.lease, claimed.receiver.progress)
        assert await webhooks.receivers.list_receivers() == []

    async def test_nothing_is_due_before_there_is_a_log(self, webhooks: Webhooks) -> None:
        await webhooks.receivers.add(a_receiver())
        assert await webhooks.claim() == []

    async def test_a_receiver_is_due_once_the_log_has_an_entry_that_it_is_not_past(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        size = len(await webhooks.log.list_entries(0, 100))
        await webhooks.receivers.add(a_receiver(cursor=size))
        assert await webhooks.claim() == []
        await webhooks.publish("2.0.0")
        [claimed] = await webhooks.claim()
        assert (claimed.receiver.name, claimed.lease.attempt) == ("ci", 1)

    @pytest.mark.parametrize("stop", Stop)
    async def test_one_that_is_stopped_is_not_due(self, webhooks: Webhooks, stop: Stop) -> None:
        await webhooks.publish("1.0.0")
        receiver = a_receiver()
        await webhooks.receivers.add(replace(receiver, progress=receiver.progress.stopped(stop)))
        assert await webhooks.claim() == []

    async def test_a_claimed_one_is_not_claimed_again_until_its_lease_ends(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        await webhooks.receivers.add(a_receiver())
        [frozen] = await webhooks.claim(seconds=0)
        [taken] = await webhooks.claim()
        assert await webhooks.claim() == []
        assert taken.lease.attempt == 2
        assert not await webhooks.receivers.record(frozen.lease, frozen.receiver.progress.past(1))
        assert not await webhooks.receivers.record(
            frozen.lease, frozen.receiver.progress.past(1), release_after=AT_ONCE
        )
        assert not await webhooks.receivers.renew(frozen.lease, seconds=A_MINUTE)
        assert not await webhooks.receivers.give_back(frozen.lease)
        assert await webhooks.receivers.renew(taken.lease, seconds=A_MINUTE)
        assert (await webhooks.progress()).cursor == 0

    async def test_progress_is_kept_while_the_lease_goes_on(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        await webhooks.receivers.add(a_receiver())
        [claimed] = await webhooks.claim()
        progress = claimed.receiver.progress.attempted(an_attempt(is_accepted=True, result="200"))
        assert await webhooks.receivers.record(claimed.lease, progress)
        assert await webhooks.progress() == progress
        assert await webhooks.claim() == []
        assert await webhooks.receivers.renew(claimed.lease, seconds=A_MINUTE)

    async def test_a_released_one_is_due_after_the_time_that_was_asked_for(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        await webhooks.receivers.add(a_receiver())
        [claimed] = await webhooks.claim()
        failed = claimed.receiver.progress.attempted(an_attempt())
        assert await webhooks.receivers.record(claimed.lease, failed, release_after=AT_ONCE)
        [again] = await webhooks.claim()
        assert (again.receiver.progress, again.lease.attempt) == (failed, 1)
        assert await webhooks.receivers.record(again.lease, failed, release_after=A_DAY)
        assert await webhooks.claim() == []

    async def test_one_that_is_given_back_is_due_and_its_attempt_is_not_counted(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        await webhooks.receivers.add(a_receiver())
        [claimed] = await webhooks.claim()
        assert await webhooks.receivers.give_back(claimed.lease)
        assert not await webhooks.receivers.give_back(claimed.lease)
        [again] = await webhooks.claim()
        assert again.lease.attempt == 1

    async def test_twenty_claimers_at_once_get_different_receivers(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        for number in range(30):
            await webhooks.receivers.add(a_receiver(f"r{number}"))
        claims = await asyncio.gather(*(webhooks.claim(limit=2) for _ in range(20)))
        names = [each.receiver.name for claimed in claims for each in claimed]
        assert len(names) == len(set(names))
        assert len(names) <= 30

    async def test_a_change_takes_the_lease_and_waits_until_it_would_have_ended(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        await webhooks.receivers.add(a_receiver())
        [claimed] = await webhooks.claim()
        changed = await webhooks.receivers.change(
            "ci", lambda receiver: replace(receiver, progress=receiver.progress.moved(1, at=NOW + A_DAY))
        )
        assert changed is not None
        assert await webhooks.receivers.find("ci") == changed
        assert not await webhooks.receivers.record(claimed.lease, claimed.receiver.progress.past(9))
        assert (await webhooks.progress()).cursor == 1
        assert await webhooks.claim() == []

    async def test_a_changed_one_that_is_not_leased_is_due_at_once(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        await webhooks.receivers.add(a_receiver())
        [claimed] = await webhooks.claim()
        stopped = claimed.receiver.progress.stopped(Stop.GONE)
        await webhooks.receivers.record(claimed.lease, stopped, release_after=A_DAY)
        await webhooks.receivers.change(
            "ci", lambda receiver: replace(receiver, progress=receiver.progress.moved(0, at=NOW))
        )
        assert [each.receiver.name for each in await webhooks.claim()] == ["ci"]

    async def test_a_change_that_is_refused_changes_nothing(self, webhooks: Webhooks) -> None:
        await webhooks.publish("1.0.0")
        before = a_receiver()
        await webhooks.receivers.add(before)
        [claimed] = await webhooks.claim()

        def refuse(_: Receiver) -> Receiver:
            raise LookupError("no")

        with pytest.raises(LookupError):
            await webhooks.receivers.change("ci", refuse)
        assert await webhooks.receivers.change("other", refuse) is None
        assert await webhooks.receivers.find("ci") == before
        assert await webhooks.receivers.record(claimed.lease, claimed.receiver.progress)
