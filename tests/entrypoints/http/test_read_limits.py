"""Few reads are worked on at once, however many are asked for."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from litestar.types import Receive, Scope, Send

from entrypoints.http.middleware.read_limits import ReadLimitMiddleware
from tests.entrypoints.http.conftest import Service
from tests.support.waiting import WAIT_SECONDS


class Work:
    """An application whose requests are begun one by one, and finish when they are let go on."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.answer, self.drain = anyio.Event(), anyio.Event()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.begun.append(scope["path"])
        await self.answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})


def a_request(path: str, method: str = "GET") -> Any:
    return {"type": "http", "method": method, "path": path}


@pytest.mark.parametrize(
    ("path", "limits", "at_once"),
    [
        ("/providers/", {"/providers/": 2}, 2),
        ("//providers/", {"/providers/": 2}, 2),
        ("/registrations/", None, 1),
        ("//log", None, 1),
    ],
)
async def test_some_are_worked_on_and_the_others_take_their_turns(
    path: str, limits: dict[str, int] | None, at_once: int
) -> None:
    work = Work()
    turns = ReadLimitMiddleware(work) if limits is None else ReadLimitMiddleware(work, limits=limits)

    async def sent(_: object) -> None:
        await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as group:
        for number in range(5):
            group.start_soon(turns, a_request(f"{path}{number}"), _never, sent)
        await anyio.wait_all_tasks_blocked()
        begun = len(work.begun)
        work.answer.set()
    assert begun == at_once
    assert len(work.begun) == 5


async def test_a_reader_who_takes_its_answer_slowly_holds_no_turn() -> None:
    work = Work()
    work.answer.set()
    turns = ReadLimitMiddleware(work, limits={"/providers/": 1, "/catalog/": 1})

    async def sent_slowly(_: object) -> None:
        await work.drain.wait()

    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(turns, a_request(f"/providers/{number}"), _never, sent_slowly)
        await anyio.wait_all_tasks_blocked()
        begun = len(work.begun)
        work.drain.set()
    assert begun == 3


async def test_neither_health_nor_pages_nor_searches_nor_registrations_wait_for_reads() -> None:
    work = Work()
    turns = ReadLimitMiddleware(work, limits={"/providers/": 1, "/catalog/": 1})
    others = (
        *map(a_request, ("/health", "/catalog/platform/gcp", "/providers")),
        a_request("/console/provider-versions", "POST"),
    )

    async def sent(_: object) -> None:
        await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as group:
        for request in (a_request("/providers/x"), *others):
            group.start_soon(turns, request, _never, sent)
        await anyio.wait_all_tasks_blocked()
        begun = len(work.begun)
        work.answer.set()
    assert begun == 1 + len(others)


async def test_a_token_is_refused_while_every_thread_is_busy(service: Service) -> None:
    released, threads = threading.Event(), ThreadPoolExecutor(1)
    asyncio.get_running_loop().set_default_executor(threads)
    threads.submit(released.wait)
    try:
        with anyio.fail_after(WAIT_SECONDS):
            answer = await service.client.post("/console/provider-versions", headers={"Authorization": "Bearer x"})
    finally:
        released.set()
    assert answer.status_code == 401


async def _never() -> Any:
    await anyio.sleep_forever()
