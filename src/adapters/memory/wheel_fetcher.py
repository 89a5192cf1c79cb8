"""Wheels that never leave this process."""

import hashlib
from collections import Counter

from application.ports.wheel_fetcher import FetchedWheel
from domain.errors import RegistryError, WheelProblem, WheelRefusedError
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl


class InMemoryWheelFetcher:
    """Serves the bytes it was given; implements ``application.ports.wheel_fetcher.WheelFetcher``.

    Attributes:
        fetches: How often each URL was fetched, failures included.
        namespaces: What each fetch was for.
    """

    def __init__(self) -> None:
        self.fetches: Counter[WheelUrl] = Counter()
        self.namespaces: list[str | None] = []
        self._answers: dict[WheelUrl, bytes | RegistryError] = {}

    def put(self, url: WheelUrl, data: bytes) -> None:
        """Serve bytes at a URL from now on."""
        self._answers[url] = data

    def fail_with(self, url: WheelUrl, error: RegistryError) -> None:
        """Raise an error for a URL from now on."""
        self._answers[url] = error

    async def fetch(self, url: WheelUrl, *, namespace: str | None = None) -> FetchedWheel:
        self.fetches[url] += 1
        self.namespaces.append(namespace)
        data = self._bytes(url)
        return FetchedWheel(data, Sha256Digest(hashlib.sha256(data).hexdigest()), len(data))

    def _bytes(self, url: WheelUrl) -> bytes:
        answer = self._answers.get(url)
        if answer is None:
            raise WheelRefusedError(WheelProblem.NOT_FOUND, f"there is no file at {url}; put it there first")
        if isinstance(answer, RegistryError):
            raise answer
        return answer
