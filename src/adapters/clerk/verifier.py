"""The Console realm's token verifier."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

from adapters.clerk.api import ClerkApi, new_http_client
from adapters.clerk.jwks import JwksCache
from adapters.clerk.jwt_tokens import JwtMachineTokenVerifier
from adapters.clerk.opaque_tokens import OpaqueMachineTokenVerifier
from adapters.clerk.realm import ClerkRealm
from adapters.clerk.refusals import Refusal, require
from adapters.clerk.shapes import MAX_TOKEN_LENGTH, is_compact_jws, is_opaque_machine_token
from application.ports.clock import Clock
from domain.machines import ConsoleMachine


class ClerkTokenVerifier:
    """Verifies machine tokens of one Clerk instance, in either of Clerk's formats.

    Close it, or use it as a context: it holds connections.
    """

    def __init__(
        self,
        realm: ClerkRealm,
        clock: Clock,
        *,
        http: httpx.AsyncClient | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Serve one realm.

        Args:
            realm: Whose tokens are verified.
            clock: Against which tokens expire.
            http: A client to call Clerk with, which stays the caller's to close; by default one of its own.
            monotonic: Counts seconds for the age of cached keys.
        """
        self._http = new_http_client(realm) if http is None else http
        self._owns_http = http is None
        api = ClerkApi(realm, self._http, clock)
        self._keys = JwksCache(realm, api, monotonic)
        self._opaque = OpaqueMachineTokenVerifier(realm, api, clock)
        self._jwt = JwtMachineTokenVerifier(realm, self._keys, clock)

    async def verify(self, token: str) -> ConsoleMachine:
        """Verify a token as ``TokenVerifier`` says.

        Raises:
            NotAuthenticatedError: A check failed; ``reason`` is a value of ``Refusal``.
            TokenAuthorityUnavailableError: Clerk could not be asked.
        """
        require(len(token) <= MAX_TOKEN_LENGTH, Refusal.TOO_LONG)
        if is_opaque_machine_token(token):
            return await self._opaque.verify(token)
        require(is_compact_jws(token), Refusal.UNKNOWN_SHAPE)
        return await self._jwt.verify(token)

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
