"""Decorator that times what writers do."""

from adapters.instrumentation import Stage, StageObserver
from application.ports.version_repository import Decide, Result, VersionRepository
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_state import VersionSnapshot
from domain.wheel.filename import WheelFilename


class InstrumentedVersionRepository:
    """A repository with ``Stage.LOAD`` and ``Stage.WRITE`` around its calls."""

    def __init__(self, repository: VersionRepository, observer: StageObserver) -> None:
        self._repository = repository
        self._observer = observer

    async def load(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        """As ``VersionRepository``."""
        with self._observer.stage(Stage.LOAD):
            return await self._repository.load(name, version, wheel=wheel)

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decide[Result],
        *,
        seen: VersionSnapshot | None = None,
        wheel: WheelFilename | None = None,
    ) -> Result:
        """As ``VersionRepository``."""
        with self._observer.stage(Stage.WRITE):
            return await self._repository.update(name, version, decide, seen=seen, wheel=wheel)
