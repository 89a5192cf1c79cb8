"""Decorators of ports that time their calls as stages."""

from typing import Generic, Protocol, TypeVar

from adapters.instrumentation import MirrorObserver, Stage, StageObserver
from application.ports.version_repository import Decide, Result, VersionRepository
from application.ports.wheel_fetcher import FetchedWheel, WheelContent, WheelFetcher
from application.ports.wheel_mirror import StoredBytes, StoredFile, WheelMirror
from application.ports.wheel_reader import WheelReader
from domain.mirror import MirrorPart
from domain.names import ProviderName
from domain.semver import SemVer
from domain.tasks import Lease
from domain.version_state import VersionSnapshot
from domain.wheel.archive import WheelArchive
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.url import WheelUrl


class InstrumentedVersionRepository:
    """A repository with ``Stage.LOAD`` and ``Stage.WRITE`` around its calls."""

    def __init__(self, repository: VersionRepository, observer: StageObserver) -> None:
        self._repository = repository
        self._observer = observer

    async def load(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
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
        lease: Lease | None = None,
    ) -> Result:
        with self._observer.stage(Stage.WRITE):
            return await self._repository.update(name, version, decide, seen=seen, wheel=wheel, lease=lease)


Caller_co = TypeVar("Caller_co", covariant=True)


class _Verifier(Protocol[Caller_co]):
    async def verify(self, token: str) -> Caller_co: ...


class InstrumentedVerifier(Generic[Caller_co]):
    """Either realm's verifier, with ``Stage.AUTHENTICATE`` around each verification."""

    def __init__(self, verifier: _Verifier[Caller_co], observer: StageObserver) -> None:
        self._verifier = verifier
        self._observer = observer

    async def verify(self, token: str) -> Caller_co:
        with self._observer.stage(Stage.AUTHENTICATE):
            return await self._verifier.verify(token)


class InstrumentedWheelFetcher:
    """A fetcher with ``Stage.FETCH`` around each download, waiting for a slot included."""

    def __init__(self, fetcher: WheelFetcher, observer: StageObserver) -> None:
        self._fetcher = fetcher
        self._observer = observer

    async def fetch(self, url: WheelUrl, *, namespace: str | None = None) -> FetchedWheel:
        with self._observer.stage(Stage.FETCH):
            wheel = await self._fetcher.fetch(url, namespace=namespace)
        self._observer.fetched(url.host, wheel.size)
        return wheel


class InstrumentedWheelReader:
    """A reader with ``Stage.INSPECT`` around each archive."""

    def __init__(self, reader: WheelReader, observer: StageObserver) -> None:
        self._reader = reader
        self._observer = observer

    async def read(self, content: WheelContent) -> WheelArchive:
        with self._observer.stage(Stage.INSPECT):
            return await self._reader.read(content)


class MirrorInstrumentation(StageObserver, MirrorObserver, Protocol):
    """Observes a mirror."""


class InstrumentedWheelMirror:
    """A mirror whose operations are told of, with ``Stage.MIRROR`` around each file that is put."""

    def __init__(self, mirror: WheelMirror, observer: MirrorInstrumentation) -> None:
        self._mirror = mirror
        self._observer = observer
        self.list_wheels = mirror.list_wheels

    async def put(self, sha256: Sha256Digest, part: MirrorPart, content: WheelContent) -> None:
        with self._observer.stage(Stage.MIRROR), self._observer.mirror_operation("put"):
            await self._mirror.put(sha256, part, content)

    async def find(self, sha256: Sha256Digest, part: MirrorPart) -> StoredFile | None:
        with self._observer.mirror_operation("find"):
            return await self._mirror.find(sha256, part)

    async def read(
        self, sha256: Sha256Digest, part: MirrorPart, *, start: int = 0, end: int | None = None
    ) -> StoredBytes:
        with self._observer.mirror_operation("read"):
            return await self._mirror.read(sha256, part, start=start, end=end)

    async def link(self, sha256: Sha256Digest, part: MirrorPart) -> str | None:
        with self._observer.mirror_operation("link"):
            return await self._mirror.link(sha256, part)

    async def delete(self, sha256: Sha256Digest) -> None:
        with self._observer.mirror_operation("delete"):
            await self._mirror.delete(sha256)
