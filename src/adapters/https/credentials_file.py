"""A file of credentials, which may change while it is in use."""

import asyncio
import os
import stat
import threading
from pathlib import Path

import structlog

from adapters.https.credentials_document import InvalidCredentialsError, parse_credentials
from adapters.https.fetch_request import Credential

MAX_BYTES = 1024 * 1024
_FORBIDDEN_MODE = stat.S_IWGRP | stat.S_IRWXO
_log = structlog.get_logger()

_Signature = tuple[int, ...]


class CredentialsFile:
    """Reads a file of credentials when it has changed. A changed file that is not usable leaves the last good one.

    Raises:
        InvalidCredentialsError: The file is not usable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._signature: _Signature | None
        self._credentials, self._signature = _read(path)

    async def credentials_for(self, namespace: str) -> tuple[Credential, ...]:
        """Return the credentials that serve a namespace, as the file has them now."""
        await asyncio.to_thread(self._refresh)
        return tuple(each for each in self._credentials if namespace in each.namespaces)

    def _refresh(self) -> None:
        with self._lock:
            found = _signature_of(self._path)
            if found == self._signature:
                return
            try:
                self._credentials, self._signature = _read(self._path)
            except InvalidCredentialsError as error:
                self._signature = found  # logged once
                _log.error("wheel_credentials_refused", reason=str(error))
            else:
                _log.info("wheel_credentials_read", entries=len(self._credentials))


def read_credentials(path: Path) -> tuple[Credential, ...]:
    """Read a file of credentials.

    Raises:
        InvalidCredentialsError: It cannot be read, is open to others, or its document is wrong.
    """
    return _read(path)[0]


def _read(path: Path) -> tuple[tuple[Credential, ...], _Signature]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a FIFO would block
        try:
            found = os.fstat(descriptor)
            _check(found)
            document = os.read(descriptor, MAX_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise InvalidCredentialsError(f"cannot be read: {error.strerror}") from None
    return parse_credentials(document), _signature(found)


def _check(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise InvalidCredentialsError("must be a file")
    if found.st_mode & _FORBIDDEN_MODE:
        raise InvalidCredentialsError("must be closed to other users; chmod it to 600 or 640")
    if found.st_size > MAX_BYTES:
        raise InvalidCredentialsError(f"must have at most {MAX_BYTES} bytes")


def _signature_of(path: Path) -> _Signature | None:
    try:
        return _signature(path.stat())
    except OSError:
        return None


def _signature(found: os.stat_result) -> _Signature:
    return (found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
