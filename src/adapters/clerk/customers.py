"""Everything the customer realm's Clerk instance is asked for."""

import time
from collections.abc import Callable

import httpx

from adapters.clerk.api_keys import ApiKeyVerifier
from adapters.clerk.client import ClerkClient
from adapters.clerk.customer_directory import ClerkCustomerDirectory
from adapters.clerk.customer_realm import ClerkCustomerRealm
from adapters.clerk.customer_verifier import ClerkCustomerVerifier
from adapters.clerk.session_tokens import SessionTokenVerifier
from adapters.clerk.verification_limits import DEFAULT_BOUNDS, VerificationBounds
from adapters.instrumentation import NULL_OBSERVER, AuthorityObserver
from application.ports.clock import Clock


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
        """Serve one realm; the arguments are those of ``ClerkClient``."""
        super().__init__(realm, clock, http=http, monotonic=monotonic, observer=observer, bounds=bounds)
        self.directory = ClerkCustomerDirectory(realm, self._api, monotonic)
        self.verifier = ClerkCustomerVerifier(
            SessionTokenVerifier(realm, self._keys, clock),
            ApiKeyVerifier(self._api, self.directory, clock),
            self._limits,
        )
