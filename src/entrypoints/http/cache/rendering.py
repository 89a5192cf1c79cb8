"""Threads for reads: whatever readers ask for, no registration waits for a page."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from application.errors import UnavailableError

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class RenderingBusyError(UnavailableError):
    """As many pages and representations are being rendered as may be at once."""

    code = "rendering_busy"


class RenderingPool:
    """Threads that render pages, and encode and compress large representations.

    At most ``max_pending`` pieces of work wait or run.
    """

    def __init__(self, *, threads: int = 1, max_pending: int = 64) -> None:
        self._new_executor = partial(ThreadPoolExecutor, threads, thread_name_prefix="rendering")
        self._threads = self._new_executor()
        self._slots = threading.Semaphore(max_pending)

    async def run(
        self, work: Callable[_Arguments, _Result], /, *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Result:
        """Do one piece of work. It occupies its slot until it is done, even if its client has disconnected.

        Raises:
            RenderingBusyError: No slot is free.
        """
        if not self._slots.acquire(blocking=False):
            raise RenderingBusyError("the registry renders as much as it can; send this again in a few seconds")
        future = self._threads.submit(work, *args, **kwargs)
        future.add_done_callback(lambda _: self._slots.release())
        return await asyncio.wrap_future(future)

    def prepare(self, work: Callable[[], object]) -> None:
        """Do something before everything else, and do not wait for it."""
        self._threads.submit(work)

    def close(self) -> None:
        """Cancel the work that has not begun, and do not wait for the rest. The pool can be used again."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._threads = self._new_executor()  # an application may start again; threads start with the first work
