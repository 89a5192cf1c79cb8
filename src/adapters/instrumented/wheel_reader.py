"""Decorator that times the inspection of archives."""

from adapters.instrumentation import Stage, StageObserver
from application.ports.wheel_fetcher import WheelContent
from application.ports.wheel_reader import WheelReader
from domain.wheel.archive import WheelArchive


class InstrumentedWheelReader:
    """A reader with ``Stage.INSPECT`` around each archive."""

    def __init__(self, reader: WheelReader, observer: StageObserver) -> None:
        self._reader = reader
        self._observer = observer

    async def read(self, content: WheelContent) -> WheelArchive:
        """As ``WheelReader``."""
        with self._observer.stage(Stage.INSPECT):
            return await self._reader.read(content)
