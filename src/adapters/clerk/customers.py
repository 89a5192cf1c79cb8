"""The customer realm of a Clerk instance: verifying customers, and looking them up."""

import time
from collections.abc import Callable

import httpx

from adapters.clerk.api_keys import ApiKeyVerifier
from adapters.clerk.client import ClerkClient, ClerkVerifier
from adapters.clerk.customer_directory import ClerkCustomerDirectory
from adapters.clerk.realms import ClerkCustomerRealm
from adapters.clerk.session_tokens import SessionTokenVerifier
from adapters.clerk.verification_limits import DEFAULT_BOUNDS, VerificationBounds
from adapters.instrumentation import NULL_OBSERVER, AuthorityObserver
from application.ports.clock import Clock

_API_KEY_PREFIX = "ak_"


class ClerkCustomers(ClerkClient):
    """Customers of one Clerk instance. Close it, or use it as a context: it holds connections.

    Attributes:
        verifier: Verifies session tokens and API keys.
        directory: Looks up organisations and users.
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
        self.verifier = ClerkVerifier(
            secret_prefix=_API_KEY_PREFIX,
            verify_secret=ApiKeyVerifier(self._api, self.directory, clock).verify,
            verify_signed=SessionTokenVerifier(realm, self._keys, clock).verify,
            limits=self._limits,
        )
