"""Everything that the customer realm's Clerk instance is asked for."""

import time
from collections.abc import Callable

import httpx

from adapters.clerk.api_keys import ApiKeyVerifier
from adapters.clerk.client import ClerkClient
from adapters.clerk.customer_directory import ClerkCustomerDirectory
from adapters.clerk.realms import ClerkCustomerRealm
from adapters.clerk.rejection import RejectionReason, reject_unless
from adapters.clerk.session_tokens import SessionTokenVerifier
from adapters.clerk.token_kinds import MAX_TOKEN_LENGTH, is_api_key, is_compact_jws
from adapters.clerk.verification_limits import DEFAULT_BOUNDS, VerificationBounds, VerificationLimits
from adapters.instrumentation import NULL_OBSERVER, AuthorityObserver
from application.ports.clock import Clock
from domain.customers import Customer


class ClerkCustomerVerifier:
    """Verifies session tokens and API keys of one Clerk instance."""

    def __init__(self, sessions: SessionTokenVerifier, api_keys: ApiKeyVerifier, limits: VerificationLimits) -> None:
        self._sessions = sessions
        self._api_keys = api_keys
        self._limits = limits

    async def verify(self, token: str) -> Customer:
        """Verify a token or key as ``CustomerVerifier`` says.

        Raises:
            NotAuthenticatedError: A check failed; ``reason`` is a value of ``RejectionReason``.
            TokenAuthorityUnavailableError: Clerk could not be asked.
        """
        reject_unless(len(token) <= MAX_TOKEN_LENGTH, RejectionReason.TOO_LONG)
        if is_api_key(token):
            return await self._limits.verify(token, lambda: self._api_keys.verify(token))
        reject_unless(is_compact_jws(token), RejectionReason.UNKNOWN_SHAPE)
        return await self._sessions.verify(token)


class ClerkCustomers(ClerkClient):
    """Customers of one Clerk instance. Close it, or use it as a context: it holds connections.

    Attributes:
        verifier: Proves which customer calls.
        directory: Knows organisations and users.
    """

    def __init__(
        self,
        realm: ClerkCustomerRealm,
        clock: Clock,
        *,
        http: httpx.AsyncClient | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        observer: AuthorityObserver = NULL_OBSERVER,
        bounds: VerificationBounds = DEFAULT_BOUNDS,
    ) -> None:
        super().__init__(realm, clock, http=http, monotonic=monotonic, observer=observer, bounds=bounds)
        self.directory = ClerkCustomerDirectory(realm, self._api, monotonic)
        self.verifier = ClerkCustomerVerifier(
            SessionTokenVerifier(realm, self._keys, clock),
            ApiKeyVerifier(self._api, self.directory, clock),
            self._limits,
        )
