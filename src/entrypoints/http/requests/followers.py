"""Clients that wait for the log to grow."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from application.errors import UnavailableError


class TooManyFollowersError(UnavailableError):
    """As many clients wait for changes as may at once."""

    code = "too_many_followers"


class Followers:
    """Clients that wait for changes. While any does, the head of the log is read each ``interval``.

    Args:
        limit: How many may wait at once, in this process.
        seconds: How long each may stay: a server that stops waits for them.
        interval: Seconds between two reads of the head.

    Attributes:
        turn: Held while a page is read: when the log grows, all clients want one at once.
    """

    def __init__(self, *, limit: int, seconds: float, interval: float = 0.5) -> None:
        self.seconds = seconds
        self.turn = asyncio.Lock()
        self._limit = limit
        self._interval = interval
        self._following = 0
        self._waiting = 0
        self._head = 0
        self._grown = asyncio.Event()
        self._polling: asyncio.Task[None] | None = None

    @contextmanager
    def place(self) -> Iterator[None]:
        """Count one client while the context is open.

        Raises:
            TooManyFollowersError: There is no place.
        """
        if self._following >= self._limit:
            raise TooManyFollowersError(
                "as many clients wait for changes as may at once; poll without waiting", retry_after=30
            )
        self._following += 1
        try:
            yield
        finally:
            self._following -= 1

    async def wait_beyond(self, head: int, read_head: Callable[[], Awaitable[int]], *, seconds: float) -> bool:
        """Wait until the log is larger than ``head``; tell whether it is, or that many seconds have passed."""
        self._waiting += 1
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._poll(read_head))
        try:
            async with asyncio.timeout(max(seconds, 0)):
                while self._head <= head:
                    await self._grown.wait()
        except TimeoutError:
            return False
        else:
            return True
        finally:
            self._waiting -= 1

    async def aclose(self) -> None:
        """Stop reading the head."""
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)

    async def _poll(self, read_head: Callable[[], Awaitable[int]]) -> None:
        while self._waiting:
            try:
                head = await read_head()
            except UnavailableError:
                head = self._head
            if head != self._head:
                self._head = head
                self._grown.set()
                self._grown = asyncio.Event()
            await asyncio.sleep(self._interval)
