"""A name service that hangs."""

import asyncio
import socket
import threading

import pytest

from adapters.https.connector import SystemResolver


async def test_look_ups_that_hang_hold_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def hanging(*_: object, **__: object) -> list[tuple[object, ...]]:
        answered.wait()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    resolver = SystemResolver()
    async with asyncio.TaskGroup() as group:
        look_ups = [group.create_task(resolver.resolve("slow.example.com")) for _ in range(100)]
        try:
            assert await asyncio.wait_for(asyncio.to_thread(lambda: "done"), 30) == "done"
        finally:
            answered.set()

    assert {look_up.result() for look_up in look_ups} == {("192.0.2.1",)}
