"""What a verifier holds open towards one Clerk instance."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

from adapters.clerk.api import ClerkApi
from adapters.clerk.connecting import new_http_client
from adapters.clerk.jwks import JwksCache
from adapters.clerk.realm import ClerkInstance
from application.ports.clock import Clock
from application.ports.observer import NOBODY, Observer


class ClerkClient:
    """Connections to one Clerk instance and its keys. Close it, or use it as a context."""

    def __init__(
        self,
        instance: ClerkInstance,
        clock: Clock,
        *,
        http: httpx.AsyncClient | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        observer: Observer = NOBODY,
    ) -> None:
        """Serve one instance.

        Args:
            instance: Whose tokens are verified.
            clock: Against which tokens expire.
            http: A client to call Clerk with, which stays the caller's to close; by default one of its own.
            monotonic: Counts seconds for the age of whatever is remembered.
            observer: Is told of each call.
        """
        self._http = new_http_client(instance) if http is None else http
        self._owns_http = http is None
        self._api = ClerkApi(instance, self._http, clock, observer)
        self._keys = JwksCache(instance, self._api, monotonic)

    async def aclose(self) -> None:
        """Stop fetching keys and close the connections that are its own."""
        await self._keys.aclose()
        if self._owns_http:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.aclose()
