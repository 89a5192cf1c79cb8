"""Keeping copies of wheels, and reading them."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from application.errors import MirrorCorruptError, MirrorUnavailableError
from application.ports.clock import Clock
from application.ports.mirror_index import MirrorIndex
from application.ports.wheel_fetcher import FetchedWheel
from application.ports.wheel_mirror import StoredBytes, WheelMirror
from domain.errors import FileNotMirroredError, InvalidDigestError
from domain.mirror import METADATA_SUFFIX, MirroredWheel, MirrorPart
from domain.wheel.file import Sha256Digest, sha256_of
from domain.wheel.verified_wheel import VerifiedWheel

SETTLED = timedelta(hours=1)
"""A copy that is older is put again when its wheel is registered again, so that a sweep takes it for new."""
_TOO_SLOW = "the registry's storage of wheels did not take a copy in time; send this again"

_LOST = "the registry's storage of wheels has lost this file; install it from where it came from"


class KeepWheel:
    """Keeps a copy of a wheel that was just verified.

    Args:
        is_required: Whether a wheel that cannot be kept is a failure.
        seconds: How long a registration waits for its copy.
    """

    def __init__(
        self, *, mirror: WheelMirror, index: MirrorIndex, clock: Clock, is_required: bool, seconds: float
    ) -> None:
        self._mirror = mirror
        self._index = index
        self._clock = clock
        self._is_required = is_required
        self._seconds = seconds

    async def execute(self, fetched: FetchedWheel, wheel: VerifiedWheel) -> None:
        """Put the bytes into the mirror, then record them.

        Raises:
            MirrorUnavailableError: The storage is out of reach or slow, and a copy is required.
            StoreUnavailableError: The index is unreachable.
        """
        try:
            await self._keep_in_time(fetched, wheel)
        except MirrorUnavailableError:
            if self._is_required:
                raise

    async def _keep_in_time(self, fetched: FetchedWheel, wheel: VerifiedWheel) -> None:
        limit = asyncio.timeout(self._seconds)
        try:
            async with limit:
                await self.keep(fetched, wheel)
        except TimeoutError:
            if not limit.expired():
                raise
            raise MirrorUnavailableError(_TOO_SLOW, retry_after=30) from None

    async def keep(self, fetched: FetchedWheel, wheel: VerifiedWheel, *, replace: bool = False) -> None:
        """Do the same, whether a copy is required or not. With ``replace`` one that is there already is not trusted.

        Raises:
            MirrorUnavailableError: The storage is out of reach.
            StoreUnavailableError: The index is unreachable.
        """
        metadata = wheel.metadata
        if metadata is None:
            raise AssertionError("the wheel was just verified, so its METADATA is there")
        now = self._clock.now()
        for part, content, size in (
            (MirrorPart.METADATA, metadata, len(metadata)),
            (MirrorPart.WHEEL, fetched.content, fetched.size),
        ):
            found = None if replace else await self._mirror.find(wheel.sha256, part)
            if found is None or found.size != size or now - found.stored_at > SETTLED:
                await self._mirror.put(wheel.sha256, part, content)
        mirrored = MirroredWheel(
            sha256=wheel.sha256, size=fetched.size, metadata_sha256=sha256_of(metadata), metadata_size=len(metadata)
        )
        await self._index.add(mirrored, at=now)


@dataclass(frozen=True, slots=True)
class MirroredFile:
    """A file of the mirror, of a public version."""

    wheel: MirroredWheel
    part: MirrorPart

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.wheel.size_of(self.part)

    @property
    def sha256(self) -> Sha256Digest:
        """Its own digest."""
        return self.wheel.digest_of(self.part)


class ReadMirror:
    """Reads the copies of public versions' wheels."""

    def __init__(self, *, mirror: WheelMirror, index: MirrorIndex) -> None:
        self._mirror = mirror
        self._index = index

    async def find(self, sha256: str, filename: str) -> MirroredFile:
        """Return the file of that name of a wheel: itself, or its ``METADATA`` if the name ends in ``.metadata``.

        Raises:
            FileNotMirroredError: No public version has such a wheel, or there is no copy of it.
            StoreUnavailableError: The index is unreachable.
        """
        part = MirrorPart.METADATA if filename.endswith(METADATA_SUFFIX) else MirrorPart.WHEEL
        try:
            digest = Sha256Digest(sha256)
        except InvalidDigestError:
            found = None
        else:
            found = await self._index.find(digest, filename.removesuffix(METADATA_SUFFIX))
        if found is None:
            raise FileNotMirroredError("the registry keeps no such file; the package indexes link to those it has")
        return MirroredFile(found, part)

    async def link(self, file: MirroredFile) -> str | None:
        """Return a URL at which the storage itself serves a wheel; None where the registry serves the file.

        Raises:
            MirrorUnavailableError: The storage is out of reach.
            MirrorCorruptError: The copy has another size than the wheel.
        """
        if file.part is not MirrorPart.WHEEL:  # small, and resolving takes many of them
            return None
        link = await self._mirror.link(file.wheel.sha256, file.part)
        if link is None:
            return None
        found = await self._mirror.find(file.wheel.sha256, file.part)
        if found is None:
            raise MirrorUnavailableError(_LOST)
        _require_size(file, found.size)
        return link

    async def read(self, file: MirroredFile, *, start: int, end: int) -> StoredBytes:
        """Read a file from ``start`` to before ``end``.

        Raises:
            MirrorUnavailableError: The storage is out of reach.
            MirrorCorruptError: The copy has another size than the wheel.
        """
        until = None if end == file.size else end
        stored = await self._mirror.read(file.wheel.sha256, file.part, start=start, end=until)
        _require_size(file, stored.file_size)
        return stored


def _require_size(file: MirroredFile, size: int) -> None:
    if size != file.size:
        raise MirrorCorruptError("the registry's copy of this file is damaged; install it from where it came from")
