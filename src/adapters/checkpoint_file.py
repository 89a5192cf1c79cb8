"""A checkpoint in a file."""

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from application.errors import CheckpointNotKeptError

_MAX_BYTES = 64 * 1024
_PUBLIC = 0o644
"""A checkpoint is no secret, and the server may run as another user than the one who opened the log."""


class CheckpointFile:
    """Keeps the newest checkpoint in a file; implements ``application.ports.kept_checkpoint.KeptCheckpoint``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self) -> bytes | None:
        """Read the file."""
        return await asyncio.to_thread(self._read)

    async def replace(self, note: bytes) -> None:
        """Write another file, and rename it."""
        await asyncio.to_thread(self._replace, note)

    def _read(self) -> bytes | None:
        try:
            with self._path.open("rb") as file:
                return file.read(_MAX_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _not_kept(self._path, error) from None

    def _replace(self, note: bytes) -> None:
        try:
            replace_file(self._path, note, mode=_PUBLIC)
        except OSError as error:
            raise _not_kept(self._path, error) from None


def replace_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace a file, so that a crash leaves the old one or the new one.

    Raises:
        OSError: It cannot be written.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".checkpoint-", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
    with suppress(OSError):  # not every file system can
        _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_kept(path: Path, error: OSError) -> CheckpointNotKeptError:
    return CheckpointNotKeptError(
        f"the log's last checkpoint cannot be kept in {path} ({error.strerror}), so nothing is signed; name a file "
        "that can be written in REGISTRY_LOG_CHECKPOINT_FILE"
    )
