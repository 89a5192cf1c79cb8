"""The mirror in object storage."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError, GenericError
from obstore.store import LocalStore, ObjectStore, from_url

from application.errors import MirrorUnavailableError
from application.ports.wheel_fetcher import WheelContent
from application.ports.wheel_mirror import StoredBytes, StoredFile
from domain.digests import Sha256Digest
from domain.mirror import METADATA_SUFFIX, MirrorPart

_ROOT = "sha256"
_WHEEL = re.compile(r"sha256/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")
_SUFFIXES = {MirrorPart.WHEEL: "", MirrorPart.METADATA: METADATA_SUFFIX}
_UPLOAD_BYTES = 8 * 1024 * 1024
"""Of one request of a large upload. Two are under way at once, so memory holds few of them."""
_UPLOADS = 2
_READ_BYTES = 256 * 1024
_CONNECT_SECONDS, _REQUEST_SECONDS = 3, 60
_RETRIES, _RETRY_SECONDS = 2, 15
_NO_RANGES = "non-partial"
"""In the library's text where a storage answers 200 to a range."""
_NOT_READ = "the registry's storage of wheels does not answer; install the file from where it came from, or try again"
_log = structlog.get_logger()


class ObjectStorageMirror:
    """Keeps wheels under ``sha256/ab/cd/<digest>``; implements ``application.ports.wheel_mirror.WheelMirror``."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def open(cls, url: str, *, allow_http: bool = False) -> Self:
        """Open ``file:///folder``, which is made if it is not there, or a bucket: ``s3://``, ``gs://`` or ``az://``.

        Credentials, region and endpoint come from the provider's own variables, such as ``AWS_ENDPOINT_URL``. Nothing
        is connected to. ``allow_http`` allows an endpoint without TLS.
        """
        parts = urlsplit(url)
        if parts.scheme == "file":
            return cls(LocalStore(Path(unquote(parts.path)), mkdir=True))
        return cls(
            from_url(
                url,
                client_options={
                    "allow_http": allow_http,
                    "connect_timeout": timedelta(seconds=_CONNECT_SECONDS),
                    "timeout": timedelta(seconds=_REQUEST_SECONDS),
                },
                retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=_RETRY_SECONDS)},
            )
        )

    async def put(self, sha256: Sha256Digest, part: MirrorPart, content: WheelContent) -> None:
        """Upload a file. An upload that fails or is cancelled leaves the file as it was."""
        with _translated("put"):
            await obstore.put_async(
                self._store, _key(sha256, part), content, chunk_size=_UPLOAD_BYTES, max_concurrency=_UPLOADS
            )

    async def find(self, sha256: Sha256Digest, part: MirrorPart) -> StoredFile | None:
        """Ask for a file's size and time."""
        with _translated("find"):
            try:
                found = await obstore.head_async(self._store, _key(sha256, part))
            except FileNotFoundError:
                return None
        return StoredFile(sha256=sha256, part=part, size=found["size"], stored_at=found["last_modified"])

    async def read(
        self, sha256: Sha256Digest, part: MirrorPart, *, start: int = 0, end: int | None = None
    ) -> StoredBytes:
        """Download a file, or a range of it; of storage that ignores ranges, the whole file."""
        key = _key(sha256, part)
        with _translated("read"):
            if start or end is not None:
                wanted: obstore.GetOptions = {"range": {"offset": start} if end is None else (start, end)}
                try:
                    found = await obstore.get_async(self._store, key, options=wanted)
                except GenericError as error:
                    if _NO_RANGES not in str(error):
                        raise
                else:
                    return StoredBytes(_chunks(found), found.meta["size"])
            found = await obstore.get_async(self._store, key)
        size = found.meta["size"]
        return StoredBytes(_cut(_chunks(found), start, size if end is None else end), size)

    async def delete(self, sha256: Sha256Digest) -> None:
        """Delete every part of a wheel, the wheel last: a sweep finds it by that."""
        for part in reversed(MirrorPart):
            with _translated("delete"):
                try:
                    await obstore.delete_async(self._store, _key(sha256, part))
                except FileNotFoundError:
                    continue

    async def list_wheels(self) -> AsyncIterator[StoredFile]:
        """List the wheels."""
        pages = obstore.list(self._store, prefix=_ROOT)
        while True:
            with _translated("list"):
                page = await anext(pages, None)
            if page is None:
                return
            for found in page:
                if key := _WHEEL.fullmatch(found["path"]):
                    yield StoredFile(
                        sha256=Sha256Digest(key[3]),
                        part=MirrorPart.WHEEL,
                        size=found["size"],
                        stored_at=found["last_modified"],
                    )


async def _chunks(found: "obstore.GetResult") -> AsyncIterator[bytes]:
    stream = aiter(found.stream(min_chunk_size=_READ_BYTES))
    while True:
        with _translated("read"):
            chunk = await anext(stream, None)
        if chunk is None:
            return
        yield bytes(chunk)


async def _cut(chunks: AsyncIterator[bytes], start: int, end: int) -> AsyncIterator[bytes]:
    """Iterate over what lies between two positions."""
    position = 0
    async for chunk in chunks:
        if kept := chunk[max(start - position, 0) : max(end - position, 0)]:
            yield kept
        position += len(chunk)
        if position >= end:
            return


def _key(sha256: Sha256Digest, part: MirrorPart) -> str:
    return f"{_ROOT}/{sha256.hex[:2]}/{sha256.hex[2:4]}/{sha256.hex}{_SUFFIXES[part]}"


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    """Raise the port's error. The library's texts name endpoints and keys, so the log has the kind only.

    Raises:
        MirrorUnavailableError: The storage does not do it.
    """
    try:
        yield
    except (BaseError, OSError) as error:
        _log.warning("mirror_failed", operation=operation, error=type(error).__name__)
        raise MirrorUnavailableError(_NOT_READ, retry_after=30) from None
