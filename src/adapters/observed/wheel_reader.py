"""Reading archives, watched."""

from application.ports.observer import Observer, Stage
from application.ports.wheel_reader import WheelReader
from application.wheel_content import WheelContent
from domain.wheel_archives import WheelArchive


class ObservedWheelReader:
    """A reader with ``Stage.READ`` around each archive."""

    def __init__(self, reader: WheelReader, observer: Observer) -> None:
        """Watch a reader."""
        self._reader = reader
        self._observer = observer

    async def read(self, content: WheelContent) -> WheelArchive:
        """Read as the reader behind it does."""
        with self._observer.stage(Stage.READ):
            return await self._reader.read(content)
