"""Loading what is stored around a version."""

from typing import Protocol

from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_state import VersionSnapshot
from domain.wheel.file import WheelFilename


class SnapshotQueries(Protocol):
    """Loads what decisions about a version need."""

    async def load(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        """Return what is stored around a version, as of now and without locks.

        With ``wheel``, that includes who holds its names, and the versions that decide on its baseline.

        Raises:
            StoreUnavailableError: It cannot be read.
        """
        ...
