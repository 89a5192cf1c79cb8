"""Inflating members while counting what really comes out."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import anyio.from_thread

from domain.errors import WheelFault, WheelRefusedError

_CHUNK = 1024 * 1024


@dataclass(slots=True)
class InflationMeter:
    """Counts bytes of one kind up to a limit.

    Attributes:
        what: Whose bytes are counted, for the refusal's sentence.
    """

    what: str
    limit: int
    used: int = 0

    def count(self, size: int) -> None:
        """Add bytes.

        Raises:
            WheelRefusedError: They are more than the limit by now.
        """
        self.used += size
        if self.used > self.limit:
            raise WheelRefusedError(
                WheelFault.INFLATES_TOO_FAR,
                f"{self.what} inflates to more than the {self.limit} bytes allowed; ship less in the wheel",
            )


def inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *meters: InflationMeter) -> Iterator[bytes]:
    """Yield a member's bytes in chunks of at most 1 MiB; to be called in a worker thread of anyio.

    Raises:
        WheelRefusedError: A meter's limit is passed.
        Exception: Whatever zipfile makes of corrupt data, a wrong CRC included.
    """
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            anyio.from_thread.check_cancelled()
            for meter in meters:
                meter.count(len(chunk))
            yield chunk
