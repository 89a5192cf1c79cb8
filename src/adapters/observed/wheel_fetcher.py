"""Fetching wheels, watched."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from application.ports.observer import Observer, Stage
from application.ports.wheel_fetcher import FetchedWheel, WheelFetcher
from domain.wheel_urls import WheelUrl


class ObservedWheelFetcher:
    """A fetcher with ``Stage.FETCH`` around each download, waiting for a place included."""

    def __init__(self, fetcher: WheelFetcher, observer: Observer) -> None:
        """Watch a fetcher."""
        self._fetcher = fetcher
        self._observer = observer

    @asynccontextmanager
    async def fetch(self, url: WheelUrl) -> AsyncIterator[FetchedWheel]:
        """Fetch as the fetcher behind it does."""
        async with AsyncExitStack() as stack:
            with self._observer.stage(Stage.FETCH):
                wheel = await stack.enter_async_context(self._fetcher.fetch(url))
            self._observer.fetched(wheel.size)
            yield wheel
