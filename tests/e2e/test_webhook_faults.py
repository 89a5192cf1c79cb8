"""Webhooks through killed workers, workers at once, and receivers that are down."""

import asyncio
from threading import Event

import pytest

from tests.e2e.test_webhooks import PATH, World, ids, subjects, world
from tests.support.https_host import Exchange, status
from tests.support.waiting import wait_until

__all__ = ["world"]

pytestmark = pytest.mark.faults


def test_a_worker_killed_in_the_middle_is_followed_by_another_that_sends_the_same_id(world: World) -> None:
    arrived = Event()

    async def silent(exchange: Exchange) -> None:
        arrived.set()
        await exchange.hang()

    world.publish("1.0.0", "1.1.0")
    world.host.script(PATH, status(204), silent, status(204))
    with world.working() as first:
        assert arrived.wait(60)
        first.kill()
        first.wait()
        world.publish("1.2.0")
        with world.working():
            world.wait_until_past(4)
    assert subjects(world.deliveries) == [f"platform/gcp@{each}" for each in ("1.0.0", "1.1.0", "1.1.0", "1.2.0")]
    sent = ids(world.deliveries)
    assert sent[1] == sent[2]
    assert len(set(sent)) == 3


def test_two_workers_send_everything_once_and_in_order(world: World) -> None:
    under_way, most = 0, 0

    async def slow(exchange: Exchange) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.02)
        under_way -= 1
        await status(204)(exchange)

    world.host.script(PATH, slow)
    versions = [f"1.{number}.0" for number in range(30)]
    with world.working(), world.working():
        for start in range(0, 30, 10):
            world.publish(*versions[start : start + 10])
        world.wait_until_past(31)
    assert most == 1
    assert subjects(world.deliveries) == [f"platform/gcp@{version}" for version in versions]


def test_a_receiver_that_was_down_gets_everything_in_order_once_it_is_back(world: World) -> None:
    world.host.script(PATH, status(503))
    with world.working():
        world.publish("1.0.0", "1.1.0")
        world.wait_for(1)
        world.publish("1.2.0")
        wait_until(lambda: world.command("list", "ci")["failures"] >= 1)
        down = len(world.deliveries)
        world.host.script(PATH, status(204))
        assert world.command("replay", "ci")["state"] == "active"
        world.wait_until_past(4)
    back = world.deliveries[down:]
    assert set(ids(world.deliveries[:down])) == {ids(back)[0]}
    assert subjects(back)[-3:] == [f"platform/gcp@{each}" for each in ("1.0.0", "1.1.0", "1.2.0")]
