"""Verifying machine tokens, signed and opaque."""

import time
from collections.abc import Callable

import httpx
from structlog.contextvars import bind_contextvars

from adapters.clerk.api import ClerkApi
from adapters.clerk.client import ClerkClient, ClerkVerifier
from adapters.clerk.introspection import TokenIntrospector
from adapters.clerk.jwks import JwksCache
from adapters.clerk.jwt import MACHINE_CATEGORY, Claims, SignedTokenReader
from adapters.clerk.realms import ClerkRealm
from adapters.clerk.token_checks import (
    MACHINE_ID,
    RejectionReason,
    as_id,
    reject_unless,
)
from adapters.clerk.verification_limits import DEFAULT_BOUNDS, VerificationBounds
from adapters.instrumentation import NULL_OBSERVER, AuthorityObserver
from application.ports.clock import Clock
from domain.registrants import ConsoleMachine

OPAQUE_PREFIX = "mt_"


class JwtMachineTokenVerifier:
    """Verifies JWTs that Clerk issued to machines."""

    def __init__(self, realm: ClerkRealm, keys: JwksCache, clock: Clock) -> None:
        self._realm = realm
        self._tokens = SignedTokenReader(realm, keys, clock, category=MACHINE_CATEGORY)

    async def verify(self, token: str) -> ConsoleMachine:
        """Return the machine that a token of three segments was issued to.

        Raises:
            NotAuthenticatedError: A check failed.
            TokenAuthorityUnavailableError: The key is not known and cannot be fetched.
        """
        claims = await self._tokens.read(token)
        machine = machine_from_claims(claims)
        bind_contextvars(machine_id=machine.id)  # authentic, whether or not the checks below pass
        check_audience(claims, self._realm.machine_id)
        return machine


def machine_from_claims(claims: Claims) -> ConsoleMachine:
    """Return the machine that a token is said to be of.

    Raises:
        NotAuthenticatedError: It is said to be of something else.
    """
    return ConsoleMachine(as_id(claims.get("sub"), MACHINE_ID, RejectionReason.WRONG_SUBJECT))


def check_audience(claims: Claims, receiver: str) -> None:
    """Return if the claims are a machine token's for that receiver.

    Raises:
        NotAuthenticatedError: They are not.
    """
    token_id = claims.text("jti", RejectionReason.WRONG_TOKEN_ID)
    reject_unless(token_id.startswith(OPAQUE_PREFIX), RejectionReason.WRONG_TOKEN_ID)
    reject_unless(receiver in claims.texts("aud", RejectionReason.NOT_IN_AUDIENCE), RejectionReason.NOT_IN_AUDIENCE)
    reject_unless(
        receiver in claims.text("scopes", RejectionReason.NOT_IN_SCOPES).split(), RejectionReason.NOT_IN_SCOPES
    )


class OpaqueMachineTokenVerifier:
    """Verifies opaque machine tokens by asking Clerk, each time."""

    def __init__(self, realm: ClerkRealm, api: ClerkApi, clock: Clock) -> None:
        self._realm = realm
        self._tokens = TokenIntrospector(
            api, clock, path="/v1/m2m_tokens/verify", member="token", kind="machine_to_machine_token"
        )

    async def verify(self, token: str) -> ConsoleMachine:
        """Return the machine that an opaque token was issued to.

        Raises:
            NotAuthenticatedError: Clerk does not know the token, or a check failed.
            TokenAuthorityUnavailableError: Clerk did not answer as documented.
        """
        found = await self._tokens.find(token)
        machine = ConsoleMachine(as_id(found.subject, MACHINE_ID, RejectionReason.WRONG_SUBJECT))
        bind_contextvars(machine_id=machine.id)  # authentic, whether or not the check below passes
        # With the instance key, Clerk verifies tokens for any receiver.
        receivers = found.scopes if isinstance(found.scopes, list) else []
        reject_unless(self._realm.machine_id in receivers, RejectionReason.NOT_IN_SCOPES)
        return machine


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
        super().__init__(realm, clock, http=http, monotonic=monotonic, observer=observer, bounds=bounds)
        self._verifier = ClerkVerifier(
            secret_prefix=OPAQUE_PREFIX,
            verify_secret=OpaqueMachineTokenVerifier(realm, self._api, clock).verify,
            verify_signed=JwtMachineTokenVerifier(realm, self._keys, clock).verify,
            limits=self._limits,
        )

    async def verify(self, token: str) -> ConsoleMachine:
        return await self._verifier.verify(token)
