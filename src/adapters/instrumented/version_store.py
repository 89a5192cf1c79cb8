"""Decorator that times what writers do."""

from collections.abc import Sequence

from adapters.instrumentation import Stage, StageObserver
from application.ports.version_store import Decide, Result, VersionStore
from domain.history import LifecycleEvent
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_state import VersionSnapshot
from domain.versions import ProviderVersion
from domain.wheel_filenames import WheelFilename


class InstrumentedVersionStore:
    """A store with ``Stage.LOAD`` and ``Stage.WRITE`` around what writers do. Reads pass through."""

    def __init__(self, store: VersionStore, observer: StageObserver) -> None:
        self._store = store
        self._observer = observer

    async def look(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        """As ``VersionStore``."""
        with self._observer.stage(Stage.LOAD):
            return await self._store.look(name, version, wheel=wheel)

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decide[Result],
        *,
        seen: VersionSnapshot | None = None,
        wheel: WheelFilename | None = None,
    ) -> Result:
        """As ``VersionStore``."""
        with self._observer.stage(Stage.WRITE):
            return await self._store.update(name, version, decide, seen=seen, wheel=wheel)

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        """As ``VersionStore``."""
        return await self._store.find(name, version)

    async def find_latest(self, name: ProviderName) -> ProviderVersion | None:
        """As ``VersionStore``."""
        return await self._store.find_latest(name)

    async def list_versions(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        """As ``VersionStore``."""
        return await self._store.list_versions(name, limit=limit, before=before)

    async def history(
        self, name: ProviderName, version: SemVer, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[LifecycleEvent]:
        """As ``VersionStore``."""
        return await self._store.history(name, version, limit=limit, offset=offset)

    async def check(self) -> None:
        """As ``VersionStore``."""
        await self._store.check()
