"""Keeping versions, watched."""

from collections.abc import Sequence

from application.ports.observer import Observer, Stage
from application.ports.version_store import Decide, Result, VersionStore
from domain.history import LifecycleEvent
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_state import VersionSnapshot
from domain.versions import ProviderVersion
from domain.wheel_filenames import WheelFilename


class ObservedVersionStore:
    """A store with ``Stage.LOOK`` and ``Stage.WRITE`` around what writers do. Reads are the store's own, untouched."""

    def __init__(self, store: VersionStore, observer: Observer) -> None:
        """Watch a store."""
        self._store = store
        self._observer = observer

    async def look(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        """Look as the store behind it does."""
        with self._observer.stage(Stage.LOOK):
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
        """Update as the store behind it does; waiting for other writers is part of it."""
        with self._observer.stage(Stage.WRITE):
            return await self._store.update(name, version, decide, seen=seen, wheel=wheel)

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        """Find as the store behind it does."""
        return await self._store.find(name, version)

    async def find_latest(self, name: ProviderName) -> ProviderVersion | None:
        """Find as the store behind it does."""
        return await self._store.find_latest(name)

    async def list_versions(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        """List as the store behind it does."""
        return await self._store.list_versions(name, limit=limit, before=before)

    async def history(
        self, name: ProviderName, version: SemVer, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[LifecycleEvent]:
        """Return what the store behind it returns."""
        return await self._store.history(name, version, limit=limit, offset=offset)

    async def check(self) -> None:
        """Check as the store behind it does."""
        await self._store.check()
