"""What operators do with receivers of webhooks."""

from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from application.errors import CursorAheadError, EventNotNextError, ReceiverExistsError, ReceiverNotFoundError
from domain.errors import InvalidReceiverNameError
from domain.log.entries import EventType
from domain.webhooks.receivers import Stop
from tests.support.webhooks import MemoryWorld, failing, to

A_DAY = timedelta(days=1)


@pytest.fixture
async def world() -> MemoryWorld:
    world = MemoryWorld()
    await world.webhooks.publish("1.0.0")
    return world


async def test_a_new_receiver_gets_what_comes_next_or_from_an_index_on(world: MemoryWorld) -> None:
    await world.manage.add("ci", to())
    await world.manage.add("all", to(), start=0)
    assert [each.progress.cursor for each in await world.manage.list()] == [0, 2]
    with pytest.raises(CursorAheadError):
        await world.manage.add("late", to(), start=3)


async def test_a_secret_is_stored_encrypted_and_differs_from_the_next(world: MemoryWorld) -> None:
    added = await world.manage.add("ci", to())
    stored = (await world.manage.find("ci")).secrets.current
    assert added.secret.startswith("whsec_")
    assert added.secret not in stored
    assert world.cipher.reveal(stored) == added.secret


async def test_a_name_is_validated_and_taken_once(world: MemoryWorld) -> None:
    await world.manage.add("ci", to())
    with pytest.raises(ReceiverExistsError):
        await world.manage.add("ci", to())
    with pytest.raises(InvalidReceiverNameError):
        await world.manage.add("C I", to())


async def test_after_a_rotation_both_secrets_sign_for_a_while(world: MemoryWorld) -> None:
    await world.manage.add("ci", to())
    await world.manage.test("ci")
    await world.manage.rotate("ci", overlap=A_DAY)
    await world.manage.test("ci")
    world.clock.advance(seconds=A_DAY.total_seconds())
    await world.manage.test("ci")
    assert [message.signatures.count("v1,") for _, message in world.sender.sent] == [1, 2, 1]
    [first], both, [last] = (message.signatures.split() for _, message in world.sender.sent)
    assert len(set(both)) == 2
    assert first != last


async def test_a_test_sends_an_event_that_is_no_part_of_the_log(world: MemoryWorld) -> None:
    added = await world.manage.add("ci", to())
    answer = await world.manage.test("ci")
    [(url, message)] = world.sender.sent
    signature = Webhook(added.secret).sign(message.id, world.clock.now(), message.body.decode())
    assert (answer.result, url.text, message.signatures) == ("200", "https://ci.example.com/hooks", signature)
    assert b"org.provider-registry.webhook.test.v1" in message.body
    assert (await world.manage.find("ci")).progress == added.receiver.progress


async def test_a_disabled_receiver_keeps_its_place_until_it_goes_on(world: MemoryWorld) -> None:
    await world.manage.add("ci", to())
    await world.manage.disable("ci")
    await world.webhooks.publish("1.1.0")
    assert await world.work() == []
    assert (await world.manage.find("ci")).progress.stop is Stop.OPERATOR
    await world.manage.replay("ci")
    await world.work()
    assert world.subjects() == ["platform/gcp@1.1.0 published"]


async def test_a_replay_sends_again_with_the_same_ids(world: MemoryWorld) -> None:
    await world.manage.add("ci", to(), start=0)
    await world.work()
    await world.manage.replay("ci", start=0)
    await world.work()
    ids = [message.id for _, message in world.sender.sent]
    assert ids[:2] == ids[2:]
    with pytest.raises(CursorAheadError):
        await world.manage.replay("ci", start=3)


async def test_an_event_that_is_always_refused_is_skipped(world: MemoryWorld) -> None:
    await world.manage.add("ci", to(types=[EventType.VERSION_PUBLISHED]), start=0)
    await world.webhooks.publish("1.1.0")
    world.refuse(failing())
    await world.work()
    for index in (0, 2):
        with pytest.raises(EventNotNextError, match="not the one that ci gets next"):
            await world.manage.skip("ci", index)
    await world.manage.skip("ci", 1)
    await world.work()
    assert world.subjects() == ["platform/gcp@1.0.0 published", "platform/gcp@1.1.0 published"]


async def test_a_removed_receiver_is_gone_and_its_name_is_free(world: MemoryWorld) -> None:
    await world.manage.add("ci", to())
    await world.manage.remove("ci")
    assert await world.manage.list() == []
    for work in (
        world.manage.remove("ci"),
        world.manage.find("ci"),
        world.manage.disable("ci"),
        world.manage.replay("ci"),
        world.manage.skip("ci", 0),
        world.manage.test("ci"),
        world.manage.rotate("ci", overlap=A_DAY),
    ):
        with pytest.raises(ReceiverNotFoundError, match="there is no receiver ci"):
            await work
    await world.manage.add("ci", to())
