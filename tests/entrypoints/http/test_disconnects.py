"""Work is given up when its client goes, and only then."""

import asyncio
from typing import Any

import pytest
from litestar.testing import RequestFactory

from entrypoints.http.requests.bodies import ClientDisconnectedError, cancel_on_disconnect


class Client:
    """A client that goes when told to."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.was_watched = False
        self.request = RequestFactory().post("/")
        self.request.receive = self._receive

    async def _receive(self) -> Any:
        try:
            await self.gone.wait()
        finally:
            self.was_watched = True
        return {"type": "http.disconnect"}


class Work:
    """Work that waits, and says how it ended."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.was_cancelled = asyncio.Event(), asyncio.Event(), False

    async def run(self) -> str:
        self.begun.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        return "done"


async def test_what_the_work_returns_is_returned_and_nobody_watches_any_more() -> None:
    client, work = Client(), Work()
    running = asyncio.create_task(cancel_on_disconnect(client.request, work.run()))
    await work.begun.wait()
    work.may_end.set()
    assert await running == "done"
    await asyncio.sleep(0)
    assert client.was_watched


async def test_work_is_cancelled_when_its_client_goes() -> None:
    client, work = Client(), Work()
    running = asyncio.create_task(cancel_on_disconnect(client.request, work.run()))
    await work.begun.wait()
    client.gone.set()
    with pytest.raises(ClientDisconnectedError):
        await running
    assert work.was_cancelled


async def test_whoever_cancels_the_request_cancels_its_work() -> None:
    client, work = Client(), Work()
    running = asyncio.create_task(cancel_on_disconnect(client.request, work.run()))
    await work.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.was_cancelled


@pytest.mark.parametrize("error", [TimeoutError("mine"), OSError("mine"), KeyError("mine")])
async def test_what_the_work_raises_passes_through(error: Exception) -> None:
    async def failing() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        await cancel_on_disconnect(Client().request, failing())
    assert raised.value is error


async def test_work_that_ends_as_its_client_goes_has_ended() -> None:
    client, work = Client(), Work()
    running = asyncio.create_task(cancel_on_disconnect(client.request, work.run()))
    await work.begun.wait()
    work.may_end.set()
    client.gone.set()
    assert await running == "done"
