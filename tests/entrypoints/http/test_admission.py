"""Accounts are counted before anything of a body is read."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from domain.customers import Customer
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.limits import HttpLimits
from entrypoints.http.requests import bodies
from tests.entrypoints.http.conftest import ROUTE, Service, serving

CUSTOMERS_ROUTE = "/provider-versions"
BODY_BYTES = HttpLimits().body_bytes


class Senders:
    """Clients that are asked for their bodies and never send them."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.asked = 0
        self.statuses: list[int] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, token: str, *, count: int, length: int | None, route: str = CUSTOMERS_ROUTE) -> None:
        headers = [(b"host", b"registry.example.com"), (b"content-type", b"application/json")]
        headers += [(b"authorization", f"Bearer {token}".encode())]
        headers += [] if length is None else [(b"content-length", str(length).encode())]
        self._tasks += [asyncio.create_task(self._send(route, headers)) for _ in range(count)]
        for _ in range(100):
            await asyncio.sleep(0)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, route: str, headers: list[tuple[bytes, bytes]]) -> None:
        answered: list[int] = []

        async def receive() -> Any:
            self.asked += not answered  # what follows an answer is dropped
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answered.append(message["status"])
                self.statuses.append(message["status"])

        path = {"path": route, "raw_path": route.encode(), "root_path": "", "query_string": b""}
        addresses = {"scheme": "http", "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 9000)}
        scope: Any = {"type": "http", "http_version": "1.1", "method": "POST", "headers": headers, **path, **addresses}
        await self._service.client.app(scope, receive, send)


@asynccontextmanager
async def a_service(**limits: int) -> AsyncIterator[tuple[Service, Senders]]:
    async with serving(MemoryAdapters(), HttpLimits(**limits), customer_realm=True) as service:
        senders = Senders(service)
        yield service, senders
        await senders.close()


def token_of(service: Service, organization: str) -> str:
    return service.adapters.customer_verifier.issue(
        Customer(
            id=f"user_{organization}", user_id=None, organization_id=f"org_{organization}", organization_slug="acme"
        )
    )


@pytest.mark.parametrize("length", [BODY_BYTES, None], ids=["announced", "chunked"])
async def test_one_customer_is_asked_for_four_of_the_largest_bodies(length: int | None) -> None:
    async with a_service() as (service, senders):
        await senders.begin(token_of(service, "acme"), count=60, length=length)
        assert (senders.asked, senders.statuses) == (4, [])


async def test_customers_together_leave_room_for_the_console_realm() -> None:
    async with a_service() as (service, senders):
        for number in range(20):
            await senders.begin(token_of(service, str(number)), count=5, length=BODY_BYTES)
        assert senders.asked == 12
        await service.publish()


async def test_of_small_bodies_as_many_are_read_as_are_as_large_together() -> None:
    async with a_service() as (service, senders):
        await senders.begin(token_of(service, "acme"), count=60, length=BODY_BYTES // 10)
        assert senders.asked == 40


async def test_customers_large_bodies_are_decoded_one_at_a_time_and_the_consoles_beside_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, go_on = list[int](), threading.Event()

    def wait(raw: bytes) -> object:
        begun.append(len(raw))
        go_on.wait()
        return {}

    monkeypatch.setattr(bodies, "parse_json", wait)
    async with a_service() as (service, _):
        # On this event loop: the test client's requests block it.
        transport = httpx.ASGITransport(service.client.app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://registry.example.com") as client,
            anyio.create_task_group() as group,
        ):
            for number in range(3):
                customer = {"Authorization": f"Bearer {token_of(service, str(number))}"}
                group.start_soon(partial(client.post, CUSTOMERS_ROUTE, json="x" * 100_000, headers=customer))
            group.start_soon(partial(client.post, ROUTE, json="x" * 200_000, headers=service.authorised()))
            while len(begun) < 2:
                await anyio.lowlevel.checkpoint()
            await anyio.wait_all_tasks_blocked()
            at_once = sorted(begun)
            go_on.set()
    assert at_once == [100_002, 200_002]
    assert len(begun) == 4


@pytest.mark.parametrize("route", [CUSTOMERS_ROUTE, ROUTE])
async def test_an_account_at_its_limit_is_429_without_being_asked_for_another_body(route: str) -> None:
    async with a_service(in_flight=2) as (service, senders):
        token = service.token if route == ROUTE else token_of(service, "acme")
        await senders.begin(token, count=5, length=100, route=route)
        assert (senders.asked, senders.statuses) == (2, [429] * 3)
