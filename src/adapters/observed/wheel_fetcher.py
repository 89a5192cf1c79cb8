"""Fetching wheels, watched."""

from application.ports.observer import Observer, Stage
from application.ports.wheel_fetcher import FetchedWheel, WheelFetcher
from domain.wheel_urls import WheelUrl


class ObservedWheelFetcher:
    """A fetcher with ``Stage.FETCH`` around each download, waiting for a place included."""

    def __init__(self, fetcher: WheelFetcher, observer: Observer) -> None:
        """Watch a fetcher."""
        self._fetcher = fetcher
        self._observer = observer

    async def fetch(self, url: WheelUrl) -> FetchedWheel:
        """Fetch as the fetcher behind it does."""
        with self._observer.stage(Stage.FETCH):
            wheel = await self._fetcher.fetch(url)
        self._observer.fetched(url.host, wheel.size)
        return wheel
