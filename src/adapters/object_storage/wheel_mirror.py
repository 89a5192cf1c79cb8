"""The mirror in object storage."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import obstore
import structlog
from obstore.exceptions import BaseError, GenericError
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store, from_url

from application.errors import MirrorUnavailableError
from application.ports.wheel_fetcher import WheelContent
from application.ports.wheel_mirror import StoredBytes, StoredFile
from domain.mirror import METADATA_SUFFIX, MirrorPart
from domain.wheel.file import Sha256Digest

if TYPE_CHECKING:
    from obstore import SignCapableStore
    from obstore.store import S3Config

_ROOT = "sha256"
_WHEEL = re.compile(r"sha256/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")
_SUFFIXES = {MirrorPart.WHEEL: "", MirrorPart.METADATA: METADATA_SUFFIX}
_UPLOAD_BYTES = 8 * 1024 * 1024
"""Of one request of a large upload. Two are under way at once, so memory holds few of them."""
_UPLOADS = 2
_READ_BYTES = 256 * 1024
_CONNECT_SECONDS, _REQUEST_SECONDS = 3, 60
_RETRIES, _RETRY_SECONDS = 2, 15
LINK_AGE = timedelta(minutes=10)
"""A client begins to read by then. One that breaks off later asks the registry again."""
WAIT_SECONDS = 20.0
"""For an answer, or for the next bytes of one, with all repeats. Uploads take as long as their caller allows."""
_NO_RANGES = "non-partial"
"""In the library's text where a storage answers 200 to a range."""
_NOT_READ = "the registry's storage of wheels does not answer; install the file from where it came from, or try again"
_log = structlog.get_logger()


class ObjectStorageMirror:
    """Keeps wheels under ``sha256/ab/cd/<digest>``; implements ``application.ports.wheel_mirror.WheelMirror``.

    Args:
        store: Where they are.
        links: The same as clients reach it, if they are sent there: S3, Google Cloud Storage or Azure.
        wait: How many seconds an answer may take, or the next bytes of one.
    """

    def __init__(
        self, store: ObjectStore, *, links: "SignCapableStore | None" = None, wait: float = WAIT_SECONDS
    ) -> None:
        self._store = store
        self._links = links
        self._wait = wait

    @classmethod
    def open(
        cls,
        url: str,
        *,
        allow_http: bool = False,
        redirects: bool = False,
        public_endpoint: str | None = None,
        wait: float = WAIT_SECONDS,
    ) -> Self:
        """Open a bucket: ``s3://``, ``gs://`` or ``az://``.

        Credentials, region and endpoint come from the provider's own variables, such as ``AWS_ENDPOINT_URL``. Nothing
        is connected to.

        Args:
            url: Of the bucket, and a prefix.
            allow_http: Whether an endpoint may be without TLS.
            redirects: Whether clients are sent to the storage.
            public_endpoint: Where clients reach it; of S3 only.
            wait: As above.
        """
        store = _opened(url, allow_http, {})
        if not redirects:
            return cls(store, wait=wait)
        links = store if public_endpoint is None else _opened(url, allow_http, {"endpoint": public_endpoint})
        if not isinstance(links, AzureStore | GCSStore | S3Store):
            raise TypeError("only S3, Google Cloud Storage and Azure sign links")
        return cls(store, links=links, wait=wait)

    async def put(self, sha256: Sha256Digest, part: MirrorPart, content: WheelContent) -> None:
        """Upload a file. An upload that fails or is cancelled leaves the file as it was."""
        async with translated("put", None):
            await obstore.put_async(
                self._store, key_of(sha256, part), content, chunk_size=_UPLOAD_BYTES, max_concurrency=_UPLOADS
            )

    async def find(self, sha256: Sha256Digest, part: MirrorPart) -> StoredFile | None:
        """Ask for a file's size and time."""
        async with translated("find", self._wait):
            try:
                found = await obstore.head_async(self._store, key_of(sha256, part))
            except FileNotFoundError:
                return None
        return StoredFile(sha256=sha256, part=part, size=found["size"], stored_at=found["last_modified"])

    async def read(
        self, sha256: Sha256Digest, part: MirrorPart, *, start: int = 0, end: int | None = None
    ) -> StoredBytes:
        """Download a file, or a range of it; of storage that ignores ranges, the whole file."""
        key = key_of(sha256, part)
        async with translated("read", self._wait):
            if start or end is not None:
                wanted: obstore.GetOptions = {"range": {"offset": start} if end is None else (start, end)}
                try:
                    found = await obstore.get_async(self._store, key, options=wanted)
                except GenericError as error:
                    if _NO_RANGES not in str(error):
                        raise
                else:
                    return StoredBytes(self._chunks(found), found.meta["size"])
            found = await obstore.get_async(self._store, key)
        size = found.meta["size"]
        return StoredBytes(_cut(self._chunks(found), start, size if end is None else end), size)

    async def link(self, sha256: Sha256Digest, part: MirrorPart) -> str | None:
        """Sign a URL, where clients are sent to the storage."""
        if self._links is None:
            return None
        async with translated("link", self._wait):
            return await obstore.sign_async(self._links, "GET", key_of(sha256, part), LINK_AGE)

    async def delete(self, sha256: Sha256Digest) -> None:
        """Delete every part of a wheel, the wheel last: a sweep finds it by that."""
        for part in reversed(MirrorPart):
            async with translated("delete", self._wait):
                try:
                    await obstore.delete_async(self._store, key_of(sha256, part))
                except FileNotFoundError:
                    continue

    async def list_wheels(self) -> AsyncIterator[StoredFile]:
        """List the wheels."""
        pages = obstore.list(self._store, prefix=_ROOT)
        while True:
            async with translated("list", self._wait):
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

    async def _chunks(self, found: "obstore.GetResult") -> AsyncIterator[bytes]:
        stream = aiter(found.stream(min_chunk_size=_READ_BYTES))
        while True:
            async with translated("read", self._wait):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            yield bytes(chunk)


def _opened(url: str, allow_http: bool, config: "S3Config") -> ObjectStore:
    return from_url(
        url,
        config=config,
        client_options={
            "allow_http": allow_http,
            "connect_timeout": timedelta(seconds=_CONNECT_SECONDS),
            "timeout": timedelta(seconds=_REQUEST_SECONDS),
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=_RETRY_SECONDS)},
    )


async def _cut(chunks: AsyncIterator[bytes], start: int, end: int) -> AsyncIterator[bytes]:
    """Iterate over what lies between two positions."""
    position = 0
    async for chunk in chunks:
        if kept := chunk[max(start - position, 0) : max(end - position, 0)]:
            yield kept
        position += len(chunk)
        if position >= end:
            return


def key_of(sha256: Sha256Digest, part: MirrorPart) -> str:
    """Return where a file lies, as a path with slashes."""
    return f"{_ROOT}/{sha256.hex[:2]}/{sha256.hex[2:4]}/{sha256.hex}{_SUFFIXES[part]}"


@asynccontextmanager
async def translated(operation: str, wait: float | None) -> AsyncIterator[None]:
    """Raise the port's error. The library's texts name endpoints and keys, so the log has the kind only.

    Raises:
        MirrorUnavailableError: The storage does not do it, or not in time.
    """
    try:
        async with asyncio.timeout(wait):
            yield
    except (BaseError, OSError) as error:
        _log.warning("mirror_failed", operation=operation, error=type(error).__name__)
        raise MirrorUnavailableError(_NOT_READ, retry_after=30) from None
