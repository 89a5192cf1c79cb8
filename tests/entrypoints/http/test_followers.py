"""Clients that wait for the log to grow."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from adapters.memory.transparency_log import InMemoryLog
from adapters.memory.version_repository import InMemoryVersionRepository
from application.errors import StoreUnavailableError
from application.use_cases.read_log import ListChanges
from entrypoints.http.requests.followers import Followers, TooManyFollowersError
from entrypoints.http.routes.changes import _ChangeStream, _Stream
from provider_registry_testing.logs import append_to, open_log
from tests.builders import a_version
from tests.support.stores import put

PATIENCE = 30


class _Head:
    """A log that only has a size."""

    def __init__(self) -> None:
        self.size = 3
        self.reads = 0
        self.read_often = asyncio.Event()
        self.unavailable = False

    async def read(self) -> int:
        self.reads += 1
        if self.reads > 2:
            self.read_often.set()
        if self.unavailable:
            raise StoreUnavailableError("out of service")
        return self.size


@pytest.fixture
async def followers() -> AsyncIterator[Followers]:
    made = Followers(limit=2, seconds=PATIENCE, interval=0.001)
    yield made
    await made.aclose()


async def test_all_who_wait_are_told_that_the_log_has_grown(followers: Followers) -> None:
    head = _Head()
    waiting = [asyncio.create_task(followers.wait_beyond(3, head.read, seconds=PATIENCE)) for _ in range(5)]
    await head.read_often.wait()

    head.size = 4

    assert await asyncio.gather(*waiting) == [True] * 5


async def test_who_is_behind_does_not_wait(followers: Followers) -> None:
    head = _Head()

    assert await followers.wait_beyond(2, head.read, seconds=PATIENCE)


async def test_a_wait_ends_by_itself(followers: Followers) -> None:
    assert not await followers.wait_beyond(3, _Head().read, seconds=0.01)


async def test_an_outage_is_waited_out(followers: Followers) -> None:
    head = _Head()
    head.unavailable = True
    waiting = asyncio.create_task(followers.wait_beyond(3, head.read, seconds=PATIENCE))
    await head.read_often.wait()

    head.unavailable, head.size = False, 4

    assert await waiting


async def test_the_head_is_read_only_while_a_client_waits(followers: Followers) -> None:
    head = _Head()
    await followers.wait_beyond(3, head.read, seconds=0.01)
    before = head.reads

    assert before > 0
    assert await followers.wait_beyond(2, head.read, seconds=PATIENCE)


async def test_no_more_clients_wait_than_may(followers: Followers) -> None:
    with followers.place(), followers.place():
        with pytest.raises(TooManyFollowersError) as refused, followers.place():
            pass
        assert refused.value.retry_after == 30
    with followers.place():
        pass


async def test_a_stream_sends_what_is_appended_while_it_is_open_and_ends() -> None:
    store = InMemoryVersionRepository()
    log, bodies, begun = InMemoryLog(store), list[bytes](), asyncio.Event()
    await open_log(log)
    await append_to(log)
    changes, followers = ListChanges(log), Followers(limit=1, seconds=1.0, interval=0.01)
    read = partial(changes.execute, limit=10)

    async def send(message: Any) -> None:
        bodies.append(message.get("body", b""))
        if len(bodies) > 1:
            begun.set()

    async def receive() -> Any:
        await asyncio.Event().wait()

    stream: Any = _ChangeStream(_Stream(await read(1), read, changes, followers))
    streaming = asyncio.create_task(stream({}, receive, send))
    await begun.wait()
    await put(store, a_version())
    await append_to(log)
    await streaming
    await followers.aclose()

    assert bodies[1] == b"retry: 5000\r\n\r\nid: 1\r\n\r\n"
    assert bodies[2].startswith(b"id: 2\r\nevent: version.published\r\ndata: {")
    assert bodies[-1] == b""
