"""Keeping the bytes of wheels."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from application.ports.wheel_fetcher import WheelContent
from domain.mirror import MirrorPart
from domain.wheel.file import Sha256Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that is kept.

    Attributes:
        sha256: Of the wheel that it is a part of, as its name says. The bytes may be others.
        size: In bytes.
        stored_at: When it was put there last.
    """

    sha256: Sha256Digest
    part: MirrorPart
    size: int
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """The bytes of a file, or a range of them, as they are read.

    Attributes:
        chunks: May be left unread.
        file_size: Of the whole file.
        path: Of the whole file, if it lies on this machine.
    """

    chunks: AsyncIterator[bytes]
    file_size: int
    path: Path | None = None


class WheelMirror(Protocol):
    """Keeps files by the digest of their wheel. A file is there whole or not at all.

    Every method raises ``MirrorUnavailableError`` when the storage is unreachable or refuses.
    """

    async def put(self, sha256: Sha256Digest, part: MirrorPart, content: WheelContent) -> None:
        """Keep a file; one that is there already is replaced."""
        ...

    async def find(self, sha256: Sha256Digest, part: MirrorPart) -> StoredFile | None:
        """Return what is known of a file, or None if it is not there."""
        ...

    async def read(
        self, sha256: Sha256Digest, part: MirrorPart, *, start: int = 0, end: int | None = None
    ) -> StoredBytes:
        """Read a file from ``start`` to before ``end``, which lie within it. Memory use does not depend on its size.

        Raises:
            MirrorUnavailableError: It is not there, too. Also raised while reading.
        """
        ...

    async def link(self, sha256: Sha256Digest, part: MirrorPart) -> str | None:
        """Return a URL at which the storage itself serves a file for some minutes, without credentials.

        None if clients are not to be sent there, or the storage cannot.
        """
        ...

    async def delete(self, sha256: Sha256Digest) -> None:
        """Remove every part of a wheel, whether or not it is there."""
        ...

    def list_wheels(self) -> AsyncIterator[StoredFile]:
        """Iterate over the wheels, in no particular order. Other files in the storage are left out."""
        ...
