"""Decorator that times downloads."""

from adapters.instrumentation import Stage, StageObserver
from application.ports.wheel_fetcher import FetchedWheel, WheelFetcher
from domain.wheel.url import WheelUrl


class InstrumentedWheelFetcher:
    """A fetcher with ``Stage.FETCH`` around each download, waiting for a slot included."""

    def __init__(self, fetcher: WheelFetcher, observer: StageObserver) -> None:
        self._fetcher = fetcher
        self._observer = observer

    async def fetch(self, url: WheelUrl) -> FetchedWheel:
        """As ``WheelFetcher``."""
        with self._observer.stage(Stage.FETCH):
            wheel = await self._fetcher.fetch(url)
        self._observer.fetched(url.host, wheel.size)
        return wheel
