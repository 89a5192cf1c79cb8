"""Work for readers, in threads of its own: however much they ask for, no registration waits for a page."""

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
    """As many pages and documents are being rendered as may be at once."""

    code = "rendering_busy"


class RenderingPool:
    """Renders pages, and encodes and compresses large documents, off the event loop."""

    def __init__(self, *, threads: int = 1, max_pending: int = 64) -> None:
        """Take how many threads there are, and how many pieces of work may be waiting or running."""
        self._new_executor = partial(ThreadPoolExecutor, threads, thread_name_prefix="rendering")
        self._threads = self._new_executor()
        self._places = threading.Semaphore(max_pending)

    async def run(
        self, work: Callable[_Arguments, _Result], /, *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Result:
        """Do one piece of work. It keeps its place until it is done, even if its reader is gone.

        Raises:
            RenderingBusyError: There is no place left.
        """
        if not self._places.acquire(blocking=False):
            raise RenderingBusyError("the registry renders as much as it can; send this again in a few seconds")
        future = self._threads.submit(work, *args, **kwargs)
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Cancel the work that has not begun, and do not wait for the rest. The pool can be used again."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._threads = self._new_executor()  # an application may start again; threads start with the first work
