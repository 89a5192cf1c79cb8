"""The mirror in a local folder."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from obstore.exceptions import BaseError
from obstore.store import LocalStore

from adapters.object_storage.wheel_mirror import WAIT_SECONDS, ObjectStorageMirror, key_of, translated
from application.errors import MirrorUnavailableError
from application.ports.wheel_mirror import StoredBytes
from domain.mirror import MirrorPart
from domain.wheel.file import Sha256Digest

_READ_BYTES = 256 * 1024


class FolderMirror(ObjectStorageMirror):
    """Keeps wheels in a folder, which is made if it is not there. Raises ``MirrorUnavailableError`` if it cannot be.

    It reads the files itself: the library hands every 8 KiB from thread to thread.
    """

    def __init__(self, folder: Path) -> None:
        try:
            store = LocalStore(folder, mkdir=True)
        except (BaseError, OSError):
            raise MirrorUnavailableError(
                "the mirror's folder cannot be made or read; let this user write to it, or name another one"
            ) from None
        super().__init__(store)
        self._folder = folder

    async def read(
        self, sha256: Sha256Digest, part: MirrorPart, *, start: int = 0, end: int | None = None
    ) -> StoredBytes:
        """Read a file, and say where it lies."""
        path = self._folder / key_of(sha256, part)
        async with translated("read", WAIT_SECONDS):
            size = (await asyncio.to_thread(os.stat, path)).st_size
        return StoredBytes(_chunks(path, start, size if end is None else end), size, path)


async def _chunks(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    async with translated("read", WAIT_SECONDS):
        file = await asyncio.to_thread(_open, path, start)
    try:
        position = start
        while position < end:
            async with translated("read", WAIT_SECONDS):
                chunk = await asyncio.to_thread(file.read, min(_READ_BYTES, end - position))
            if not chunk:
                return
            position += len(chunk)
            yield chunk
    finally:
        file.close()


def _open(path: Path, position: int) -> BinaryIO:
    file = path.open("rb", buffering=0)
    file.seek(position)
    return file
