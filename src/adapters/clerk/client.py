"""Connections to one Clerk instance, and the verification of its tokens."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeVar

import httpx

from adapters.clerk.api import ClerkApi, new_http_client
from adapters.clerk.jwks import JwksCache
from adapters.clerk.jwt import MAX_TOKEN_LENGTH, is_compact_jws
from adapters.clerk.realms import ClerkInstance
from adapters.clerk.token_checks import RejectionReason, reject_unless
from adapters.clerk.verification_limits import DEFAULT_BOUNDS, VerificationBounds, VerificationLimits
from adapters.instrumentation import NULL_OBSERVER, AuthorityObserver
from application.ports.clock import Clock

Caller = TypeVar("Caller")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkVerifier(Generic[Caller]):
    """Verifies the tokens of one realm: those that Clerk signed, and secrets that only Clerk knows.

    Attributes:
        secret_prefix: Of secrets. A prefix authenticates no caller; it selects how the token is verified.
        limits: Of the calls that secrets cost.
    """

    secret_prefix: str
    verify_secret: Callable[[str], Awaitable[Caller]]
    verify_signed: Callable[[str], Awaitable[Caller]]
    limits: VerificationLimits

    async def verify(self, token: str) -> Caller:
        """Return the caller that a token was issued to.

        Raises:
            NotAuthenticatedError: A check failed; ``reason`` is a value of ``RejectionReason``.
            TokenAuthorityUnavailableError: Clerk could not be asked.
        """
        reject_unless(len(token) <= MAX_TOKEN_LENGTH, RejectionReason.TOO_LONG)
        if token.startswith(self.secret_prefix):
            return await self.limits.verify(token, lambda: self.verify_secret(token))
        reject_unless(is_compact_jws(token), RejectionReason.UNKNOWN_SHAPE)
        return await self.verify_signed(token)


class ClerkClient:
    """Connections to one Clerk instance and its keys. Close it, or use it as a context."""

    def __init__(
        self,
        instance: ClerkInstance,
        clock: Clock,
        *,
        http: httpx.AsyncClient | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        observer: AuthorityObserver = NULL_OBSERVER,
        bounds: VerificationBounds = DEFAULT_BOUNDS,
    ) -> None:
        """Serve one instance.

        Args:
            instance: The instance whose tokens are verified.
            clock: Against which tokens expire.
            http: A client to call Clerk with, which stays the caller's to close; by default one of its own.
            monotonic: Returns seconds, for the ages of cached values.
            observer: Observes each call.
            bounds: How much may be spent on secrets that Clerk is asked about.
        """
        # Keys have connections of their own: signed tokens stay good however many verifications wait for an answer.
        self._own_clients = [] if http else [new_http_client(instance), new_http_client(instance)]
        for_secrets, for_keys = self._own_clients if http is None else (http, http)
        self._api = ClerkApi(instance, for_secrets, clock, observer)
        self._keys = JwksCache(instance, ClerkApi(instance, for_keys, clock, observer), monotonic)
        self._limits = VerificationLimits(bounds, monotonic, observer)

    async def aclose(self) -> None:
        """Stop fetching keys and close the connections that are its own."""
        await self._keys.aclose()
        for client in self._own_clients:
            await client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
