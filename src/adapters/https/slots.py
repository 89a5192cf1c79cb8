"""Limiting how many fetches run at once."""

import asyncio

from application.errors import TooManyFetchesError


class FetchSlots:
    """Places for fetches, given in the order of asking."""

    def __init__(self, count: int, *, max_wait: float) -> None:
        """Take the number of places and how long, in seconds, one may be waited for."""
        self._free = asyncio.Semaphore(count)
        self._max_wait = max_wait

    async def take(self) -> None:
        """Take a place, to be given back.

        Raises:
            TooManyFetchesError: None came free in time.
        """
        if not self._free.locked():
            await self._free.acquire()  # at once
            return
        try:
            async with asyncio.timeout(self._max_wait):
                await self._free.acquire()
        except TimeoutError:
            raise TooManyFetchesError(
                "too many wheels are being checked at the moment; try again shortly", retry_after=15
            ) from None

    def give_back(self) -> None:
        """Let the next one in."""
        self._free.release()
