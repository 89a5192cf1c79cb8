"""Wheels that never leave this process."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from application.ports.wheel_fetcher import FetchedWheel
from domain.digests import Sha256Digest
from domain.errors import RegistryError, WheelFault, WheelRefusedError
from domain.wheel_urls import WheelUrl


class InMemoryWheelFetcher:
    """Serves the bytes it was given; implements ``application.ports.wheel_fetcher.WheelFetcher``.

    The bytes lie in a temporary file while a fetch is open, as with any other fetcher.

    Attributes:
        fetches: How often each URL was fetched, failures included.
    """

    def __init__(self) -> None:
        """Start without any wheel: every URL is not found."""
        self.fetches: Counter[WheelUrl] = Counter()
        self._answers: dict[WheelUrl, bytes | RegistryError] = {}

    def put(self, url: WheelUrl, data: bytes) -> None:
        """Serve bytes at a URL from now on."""
        self._answers[url] = data

    def fail_with(self, url: WheelUrl, error: RegistryError) -> None:
        """Raise an error for a URL from now on."""
        self._answers[url] = error

    @asynccontextmanager
    async def fetch(self, url: WheelUrl) -> AsyncIterator[FetchedWheel]:
        """Write the bytes to a file on entry, remove it on exit."""
        self.fetches[url] += 1
        data = self._bytes(url)
        with tempfile.TemporaryDirectory(prefix="provider-registry-") as folder:
            path = Path(folder) / "wheel.whl"
            path.write_bytes(data)
            yield FetchedWheel(path, Sha256Digest(hashlib.sha256(data).hexdigest()), len(data))

    def _bytes(self, url: WheelUrl) -> bytes:
        answer = self._answers.get(url)
        if answer is None:
            raise WheelRefusedError(WheelFault.NOT_FOUND, f"there is no file at {url}; put it there first")
        if isinstance(answer, RegistryError):
            raise answer
        return answer
