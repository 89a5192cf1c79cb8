"""Fetching a wheel's bytes."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from application.wheel_content import WheelContent
from domain.digests import Sha256Digest
from domain.wheel_urls import WheelUrl


@dataclass(frozen=True, slots=True)
class FetchedWheel:
    """The bytes that a URL served.

    Attributes:
        content: If it is a file, that exists only while the fetch's context is open.
        sha256: Computed while the bytes arrived.
        size: In bytes.
    """

    content: WheelContent
    sha256: Sha256Digest
    size: int


class WheelFetcher(Protocol):
    """Fetches wheels."""

    def fetch(self, url: WheelUrl) -> AbstractAsyncContextManager[FetchedWheel]:
        """Download a wheel on entry and remove its bytes on exit, whatever ends the context.

        Raises (on entry):
            WheelRefusedError: The answer is final: not found or gone, an address that may not be reached, or more
                bytes than allowed.
            WheelHostFailedError: The host was unreachable or answered wrongly.
            WheelHostTimeoutError: The host did not finish before the deadline.
            SpoolUnavailableError: There is no room for the bytes.
            TooManyFetchesError: No other fetch was done in time to begin this one.
        """
        ...
