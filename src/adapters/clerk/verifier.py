"""The Console realm's token verifier."""

import time
from collections.abc import Callable

import httpx

from adapters.clerk.client import ClerkClient
from adapters.clerk.jwt_tokens import JwtMachineTokenVerifier
from adapters.clerk.opaque_tokens import OpaqueMachineTokenVerifier
from adapters.clerk.realm import ClerkRealm
from adapters.clerk.refusals import Refusal, require
from adapters.clerk.shapes import MAX_TOKEN_LENGTH, is_compact_jws, is_opaque_machine_token
from adapters.clerk.verification_limits import DEFAULT_BOUNDS, VerificationBounds
from adapters.instrumentation import NULL_OBSERVER, AuthorityObserver
from application.ports.clock import Clock
from domain.machines import ConsoleMachine


class ClerkTokenVerifier(ClerkClient):
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
        observer: AuthorityObserver = NULL_OBSERVER,
        bounds: VerificationBounds = DEFAULT_BOUNDS,
    ) -> None:
        """Serve one realm; the arguments are those of ``ClerkClient``."""
        super().__init__(realm, clock, http=http, monotonic=monotonic, observer=observer, bounds=bounds)
        self._opaque = OpaqueMachineTokenVerifier(realm, self._api, clock)
        self._jwt = JwtMachineTokenVerifier(realm, self._keys, clock)

    async def verify(self, token: str) -> ConsoleMachine:
        """Verify a token as ``TokenVerifier`` says.

        Raises:
            NotAuthenticatedError: A check failed; ``reason`` is a value of ``Refusal``.
            TokenAuthorityUnavailableError: Clerk could not be asked.
        """
        require(len(token) <= MAX_TOKEN_LENGTH, Refusal.TOO_LONG)
        if is_opaque_machine_token(token):
            return await self._limits.verify(token, lambda: self._opaque.verify(token))
        require(is_compact_jws(token), Refusal.UNKNOWN_SHAPE)
        return await self._jwt.verify(token)
