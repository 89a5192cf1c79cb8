"""How many files of ``src`` one request enters: ``python -m benchmarks.entered_files [--list]``.

The production application runs in this process, on a real database, realm and wheel host. Every kind of request is sent
once before it is counted.
"""

import argparse
import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import FrameType

import httpx
from litestar.testing import AsyncTestClient
from litestar.types import ASGIApp

from benchmarks.client import Request
from benchmarks.plan import PLANS
from benchmarks.wheels import write_wheel
from benchmarks.workbench import Workbench, a_workbench
from entrypoints.http.worker import application

_SOURCE = str(Path(__file__).parents[1] / "src") + os.sep
_FROM_STORE = "application/use_cases/queries.py"
_VERSION = "/providers/platform/counted/versions"


class _Recorder:
    """A profile function of all threads; it collects files while it records."""

    def __init__(self) -> None:
        self._entered: set[str] | None = None
        threading.setprofile(self)
        sys.setprofile(self)

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if self._entered is None or event != "call":
            return
        file = frame.f_code.co_filename
        if file.startswith(_SOURCE) and file.endswith(".py"):  # templates are compiled meanwhile, in a thread
            self._entered.add(file.removeprefix(_SOURCE))

    @contextmanager
    def recording(self) -> Iterator[set[str]]:
        self._entered = entered = set[str]()
        try:
            yield entered
        finally:
            self._entered = None


async def _count(bench: Workbench, recorder: _Recorder) -> Mapping[str, set[str]]:
    wheels = [write_wheel(bench.host.folder, version=f"1.{number}.0") for number in range(2)]
    warm, counted = (
        bench.registration(wheel, name="counted", version=f"1.{number}.0") for number, wheel in enumerate(wheels)
    )
    async with _client() as client:

        async def send(request: Request, status: int) -> set[str]:
            headers = {"Content-Type": "application/json"}
            if request.token:
                headers["Authorization"] = f"Bearer {request.token}"
            with recorder.recording() as entered:
                response = await client.request(request.method, request.path, content=request.body, headers=headers)
            _require(response, status)
            return entered

        def yank(version: str) -> Request:
            path = f"/console/providers/platform/counted/versions/{version}/yank"
            return Request("PUT", path, '{"reason": "Counted."}', bench.token())

        def read(version: str) -> Request:
            return Request("GET", f"{_VERSION}/{version}")

        await send(warm, 201)
        await send(read("1.0.0"), 200)
        await send(yank("1.0.0"), 200)
        registration, uncached = await send(counted, 201), await send(read("1.1.0"), 200)
        cached = await send(read("1.1.0"), 200)
        while _FROM_STORE in cached:  # the notification of the write came after the first read, which was dropped
            cached = await send(read("1.1.0"), 200)
        return {
            "registration": registration,
            "read, not cached": uncached,
            "read, cached": cached,
            "yank": await send(yank("1.1.0"), 200),
        }


@asynccontextmanager
async def _client() -> AsyncIterator[AsyncTestClient[ASGIApp]]:
    async with AsyncTestClient[ASGIApp](application()) as client:
        yield client


def _require(response: httpx.Response, status: int) -> None:
    if response.status_code != status:
        sys.exit(f"{response.request.method} {response.request.url} answered {response.status_code}: {response.text}")


def main() -> None:
    """Print the counts, and with ``--list`` the files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.entered_files")
    parser.add_argument("--list", action="store_true", help="name the files")
    options = parser.parse_args()
    with a_workbench(PLANS["tiny"], lambda _: None) as bench, bench.migrated_database() as dsn:
        os.environ.update(bench.environment, DATABASE_URL=dsn, REGISTRY_LOG_LEVEL="warning", REGISTRY_TASKS="none")
        for what, files in asyncio.run(_count(bench, _Recorder())).items():
            sys.stdout.write(f"{len(files):4} {what}\n")
            if options.list:
                sys.stdout.writelines(f"       {file}\n" for file in sorted(files))


if __name__ == "__main__":
    main()
