"""Delivering what the log gets: in order, at least once, by the schedule."""

from datetime import timedelta

import pytest

from adapters.jwe import JweCipher
from application.errors import CursorAheadError, SecretUnreadableError
from application.use_cases.deliver_webhooks import DeliveryOutcome
from domain.log.entries import EventType
from domain.names import ProviderName
from domain.tasks import QueueDepth
from domain.webhooks.delivery import SCHEDULE, Reply
from domain.webhooks.receivers import Stop
from tests.support.webhooks import OTHER_KEY, MemoryWorld, failing, to

A_DAY = timedelta(days=1)
FIVE_SECONDS = timedelta(seconds=5)
DONE, RETRIED, REFUSED = DeliveryOutcome.DONE, DeliveryOutcome.RETRIED, DeliveryOutcome.REFUSED
PUBLISHED = "platform/gcp@{} published"


@pytest.fixture
async def world() -> MemoryWorld:
    """A receiver of what comes after the log was opened."""
    world = MemoryWorld()
    await world.webhooks.publish()
    await world.manage.add("ci", to())
    return world


async def test_events_are_sent_in_the_order_of_the_log_and_once(world: MemoryWorld) -> None:
    await world.webhooks.publish("1.0.0", "1.1.0", "1.2.0")
    assert await world.work() == [DONE]
    assert await world.work() == []
    assert world.subjects() == [PUBLISHED.format(version) for version in ("1.0.0", "1.1.0", "1.2.0")]
    entries = await world.webhooks.log.list_entries(1, 100)
    assert [message.body for _, message in world.sender.sent] == entries
    assert {url.text for url, _ in world.sender.sent} == {"https://ci.example.com/hooks"}


async def test_an_event_that_fails_holds_back_what_follows_until_it_is_accepted(world: MemoryWorld) -> None:
    await world.webhooks.publish("1.0.0", "1.1.0", "1.2.0")
    world.refuse(failing(), failing("timeout"))
    outcomes = [await world.work(), await world.work(), await world.work(later=FIVE_SECONDS)]
    assert outcomes == [[RETRIED], [], [RETRIED]]
    assert await world.work(later=SCHEDULE[1]) == [DONE]
    versions = ("1.0.0", "1.0.0", "1.0.0", "1.1.0", "1.2.0")
    assert world.subjects() == [PUBLISHED.format(version) for version in versions]
    first, second, third = (message for _, message in world.sender.sent[:3])
    assert first.id == second.id == third.id
    assert [attempt.result for attempt in world.attempts] == ["500", "timeout", "200", "200", "200"]


async def test_a_receiver_that_is_down_for_a_day_gets_everything_in_order(world: MemoryWorld) -> None:
    world.sender.answer = lambda _: failing("unreachable")
    hours = 0
    for hour in range(24):
        await world.webhooks.publish(f"1.{hour}.0")
        await world.work(later=timedelta(hours=1))
    tried, progress = world.subjects(), await world.webhooks.progress()
    world.refuse()
    world.sender.sent.clear()
    while not world.sender.sent:
        hours += 1
        await world.work(later=timedelta(hours=1))
    assert set(tried) == {PUBLISHED.format("1.0.0")}
    assert (progress.cursor, progress.stop) == (1, None)
    assert world.subjects() == [PUBLISHED.format(f"1.{hour}.0") for hour in range(24)]
    assert hours <= 14


async def test_a_dead_receiver_delays_no_other(world: MemoryWorld) -> None:
    await world.manage.add("audit", to("https://audit.example.com/"))
    await world.webhooks.publish("1.0.0")
    answered = world.sender.answer
    world.sender.answer = lambda message: answered(message) if len(world.sender.sent) > 1 else failing()
    assert await world.work() == [RETRIED, DONE]


async def test_after_the_last_attempt_it_is_disabled_and_keeps_its_place(world: MemoryWorld) -> None:
    await world.webhooks.publish("1.0.0")
    world.sender.answer = lambda _: failing()
    outcomes = [await world.work(later=wait) for wait in (timedelta(), *SCHEDULE)]
    assert outcomes == [*[[RETRIED]] * 9, [REFUSED]]
    assert await world.work(later=30 * A_DAY) == []
    progress = await world.webhooks.progress()
    assert (progress.cursor, progress.stop, progress.failures) == (1, Stop.EXHAUSTED, 10)
    world.refuse()
    await world.manage.replay("ci")
    assert await world.work() == [DONE]


async def test_one_that_is_gone_is_disabled_at_once(world: MemoryWorld) -> None:
    await world.webhooks.publish("1.0.0", "1.1.0")
    world.refuse(failing("410", reply=Reply.GONE))
    assert await world.work() == [REFUSED]
    assert await world.work(later=A_DAY) == []
    assert (await world.webhooks.progress()).stop is Stop.GONE


async def test_a_receiver_may_ask_for_a_longer_wait(world: MemoryWorld) -> None:
    await world.webhooks.publish("1.0.0")
    world.refuse(failing("429", wait=timedelta(hours=1)))
    assert await world.work() == [RETRIED]
    assert await world.work(later=timedelta(minutes=59)) == []
    assert await world.work(later=timedelta(minutes=1)) == [DONE]


async def test_only_events_of_the_types_and_the_provider_are_sent_and_others_are_passed(world: MemoryWorld) -> None:
    await world.manage.add("yanks", to(types=[EventType.VERSION_YANKED]), start=0)
    await world.manage.add("aws", to(provider=ProviderName.parse("platform/aws")), start=0)
    await world.manage.disable("ci")
    await world.webhooks.publish("1.0.0")
    assert await world.work() == [DONE, DONE]
    assert world.sender.sent == []
    assert [(await world.webhooks.progress(name)).cursor for name in ("yanks", "aws")] == [2, 2]
    assert await world.work() == []


async def test_a_worker_whose_lease_was_taken_stops_after_the_event_at_hand(world: MemoryWorld) -> None:
    await world.webhooks.publish("1.0.0", "1.1.0")
    [slow] = await world.receivers.claim(seconds=60, limit=1)
    world.clock.advance(seconds=61)
    [taken] = await world.receivers.claim(seconds=60, limit=1)
    assert await world.deliver.execute(slow, on_attempt=lambda *_: None) is DeliveryOutcome.LEASE_LOST
    assert world.subjects() == [PUBLISHED.format("1.0.0")]
    assert await world.deliver.execute(taken, on_attempt=lambda *_: None) is DONE
    assert world.subjects() == [PUBLISHED.format(version) for version in ("1.0.0", "1.0.0", "1.1.0")]


async def test_what_an_operator_decides_during_a_delivery_stands(world: MemoryWorld) -> None:
    await world.webhooks.publish("1.0.0", "1.1.0")
    [leased] = await world.receivers.claim(seconds=60, limit=1)
    await world.manage.replay("ci", start=0)
    assert await world.deliver.execute(leased, on_attempt=lambda *_: None) is DeliveryOutcome.LEASE_LOST
    assert (await world.webhooks.progress()).cursor == 0
    assert await world.work() == []
    assert await world.work(later=timedelta(seconds=60)) == [DONE]


async def test_secrets_of_another_key_send_nothing_and_wait(world: MemoryWorld) -> None:
    await world.webhooks.publish("1.0.0")
    world.cipher = JweCipher([OTHER_KEY])
    [leased] = await world.receivers.claim(seconds=60, limit=1)
    with pytest.raises(SecretUnreadableError, match="configure the key"):
        await world.deliver.execute(leased, on_attempt=lambda *_: None)
    assert await world.deliver.postpone(leased) is RETRIED
    assert world.sender.sent == []
    assert (await world.webhooks.progress()).failures == 0


async def test_a_log_that_went_back_is_no_failure_of_the_receiver(world: MemoryWorld) -> None:
    await world.webhooks.publish("1.0.0")
    [leased] = await world.receivers.claim(seconds=60, limit=1)
    await world.receivers.record(leased.lease, leased.receiver.progress.past(9))
    receiver = await world.manage.find("ci")
    with pytest.raises(CursorAheadError):
        await world.deliver.execute(type(leased)(receiver, leased.lease), on_attempt=lambda *_: None)


async def test_the_oldest_event_that_waits_is_measured(world: MemoryWorld) -> None:
    assert await world.measure.execute() == QueueDepth(due=0, oldest=timedelta())
    await world.webhooks.publish("1.0.0")
    world.clock.advance(seconds=30)
    await world.manage.add("audit", to(), start=0)
    world.clock.advance(seconds=30)
    assert await world.measure.execute() == QueueDepth(due=2, oldest=timedelta(seconds=60))
    await world.manage.disable("ci")
    assert await world.measure.execute() == QueueDepth(due=1, oldest=timedelta(seconds=30))
    world.refuse(failing("410", reply=Reply.GONE))
    await world.work()
    assert (await world.measure.execute()).due == 1
