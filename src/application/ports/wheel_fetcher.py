"""Fetching a wheel's bytes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self, TypeAlias

from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl

WheelContent: TypeAlias = bytes | Path
"""The bytes of a small wheel, or the file of a large one."""


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class FetchedWheel:
    """The bytes that a URL served. A context manager that releases them on exit.

    Attributes:
        content: If it is a file, that exists until exit.
        sha256: Computed while the bytes arrived.
        size: In bytes.
        release: Called on exit.
    """

    content: WheelContent
    sha256: Sha256Digest
    size: int
    release: Callable[[], None] = field(default=_nothing, repr=False, compare=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class WheelFetcher(Protocol):
    """Fetches wheels."""

    async def fetch(self, url: WheelUrl, *, namespace: str | None = None) -> FetchedWheel:
        """Download a wheel, which the caller releases. A download that fails leaves no bytes.

        Args:
            url: Of the wheel.
            namespace: Of the provider that the wheel is fetched for. Credentials for a host serve some namespaces;
                without a namespace none are used.

        Raises:
            WheelRefusedError: The answer is final: not found or gone, an address that may not be reached, or more
                bytes than allowed.
            WheelHostFailedError: The host was unreachable or answered wrongly.
            WheelHostTimeoutError: The host did not finish before the deadline.
            SpoolUnavailableError: There is no room for the bytes.
            TooManyFetchesError: No other fetch was done in time to begin this one.
        """
        ...
