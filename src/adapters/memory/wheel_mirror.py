"""A mirror in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from adapters.memory.version_repository import InMemoryVersionRepository
from application.errors import MirrorUnavailableError
from application.ports.wheel_fetcher import WheelContent
from application.ports.wheel_mirror import StoredBytes, StoredFile
from domain.mirror import MirroredWheel, MirrorPart, RegisteredWheel
from domain.wheel.file import Sha256Digest

_CHUNK = 64 * 1024


class InMemoryWheelMirror:
    """Keeps bytes; implements ``application.ports.wheel_mirror.WheelMirror``.

    Attributes:
        files: By digest and part, with the time of the put.
        unavailable: Set it to simulate an outage.
        base_url: Set it to simulate storage that clients are sent to.
        stalls: Set it to simulate storage that never answers.
    """

    def __init__(self) -> None:
        self.files: dict[tuple[Sha256Digest, MirrorPart], tuple[bytes, datetime]] = {}
        self.unavailable = False
        self.stalls = False
        self.base_url: str | None = None

    async def put(self, sha256: Sha256Digest, part: MirrorPart, content: WheelContent) -> None:
        """Keep a file."""
        await self._require_available()
        data = content.read_bytes() if isinstance(content, Path) else content
        self.files[sha256, part] = (data, datetime.now(UTC))

    async def find(self, sha256: Sha256Digest, part: MirrorPart) -> StoredFile | None:
        """Return what is known of a file, or None."""
        await self._require_available()
        found = self.files.get((sha256, part))
        return None if found is None else _stored(sha256, part, *found)

    async def read(
        self, sha256: Sha256Digest, part: MirrorPart, *, start: int = 0, end: int | None = None
    ) -> StoredBytes:
        """Read a file."""
        await self._require_available()
        if (sha256, part) not in self.files:
            raise MirrorUnavailableError("the file is not there")
        data, _ = self.files[sha256, part]
        return StoredBytes(_chunks(data[start:end]), len(data))

    async def link(self, sha256: Sha256Digest, part: MirrorPart) -> str | None:
        """Return a URL below ``base_url``."""
        await self._require_available()
        return None if self.base_url is None else f"{self.base_url}/{sha256}/{part}?signature=s3cret"

    async def delete(self, sha256: Sha256Digest) -> None:
        """Remove every part of a wheel."""
        await self._require_available()
        for part in MirrorPart:
            self.files.pop((sha256, part), None)

    async def list_wheels(self) -> AsyncIterator[StoredFile]:
        """Iterate over the wheels."""
        await self._require_available()
        for (sha256, part), found in tuple(self.files.items()):
            if part is MirrorPart.WHEEL:
                yield _stored(sha256, part, *found)

    async def _require_available(self) -> None:
        if self.stalls:
            await asyncio.Event().wait()
        if self.unavailable:
            raise MirrorUnavailableError("the storage of wheels is out of service")


def _stored(sha256: Sha256Digest, part: MirrorPart, data: bytes, at: datetime) -> StoredFile:
    return StoredFile(sha256=sha256, part=part, size=len(data), stored_at=at)


async def _chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]


class InMemoryMirrorIndex:
    """Knows the copies of the wheels in an in-memory store."""

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store

    async def add(self, wheel: MirroredWheel, *, at: datetime) -> None:
        """Record a copy."""
        await self._store.ping()
        self._store.mirrored[wheel.sha256] = (wheel, at)
        await self._notify(wheel.sha256)

    async def find(self, sha256: Sha256Digest, filename: str) -> MirroredWheel | None:
        """Return the copy of a public version's wheel, or None."""
        await self._store.ping()
        registered = await self._store.registered_wheels()
        is_named = any(each.sha256 == sha256 and each.url.filename.text == filename for each in registered)
        return self._store.mirrored[sha256][0] if is_named and sha256 in self._store.mirrored else None

    async def list_missing(self, *, after: Sha256Digest | None, limit: int) -> Sequence[RegisteredWheel]:
        """Return wheels without a copy."""
        found = {
            each.sha256.hex: each
            for each in await self._store.registered_wheels()
            if each.sha256 not in self._store.mirrored
        }
        return [found[digest] for digest in sorted(found) if after is None or digest > after.hex][:limit]

    async def list_verified_before(
        self, moment: datetime, *, limit: int
    ) -> Sequence[tuple[MirroredWheel, RegisteredWheel]]:
        """Return copies that were last verified before a moment."""
        registered = {each.sha256: each for each in await self._store.registered_wheels()}
        due = sorted((at, digest.hex) for digest, (_, at) in self._store.mirrored.items() if at < moment)
        digests = [Sha256Digest(digest) for _, digest in due]
        return [(self._store.mirrored[each][0], registered[each]) for each in digests if each in registered][:limit]

    async def remove_unregistered(self, sha256: Sha256Digest, *, before: datetime) -> bool:
        """Forget an old copy unless a public version has that wheel."""
        _, at = self._store.mirrored.get(sha256, (None, datetime.min.replace(tzinfo=UTC)))
        if at >= before or any(each.sha256 == sha256 for each in await self._store.registered_wheels()):
            return False
        self._store.mirrored.pop(sha256, None)
        return True

    async def _notify(self, sha256: Sha256Digest) -> None:
        for each in await self._store.registered_wheels():
            if each.sha256 == sha256:
                self._store.listeners.on_change(each.provider)
