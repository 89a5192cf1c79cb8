"""Verifying signed machine tokens (JWT)."""

from adapters.clerk.jwks import JwksCache
from adapters.clerk.jws_headers import MACHINE_CATEGORY, UnverifiedHeader
from adapters.clerk.machines import machine_of
from adapters.clerk.realm import ClerkRealm
from adapters.clerk.refusals import Refusal, require
from adapters.clerk.validity import check_validity
from adapters.clerk.verified_claims import VerifiedClaims
from application.ports.clock import Clock
from domain.machines import ConsoleMachine


class JwtMachineTokenVerifier:
    """Verifies JWTs that Clerk issued to machines, against the issuer's published keys and without asking per token."""

    def __init__(self, realm: ClerkRealm, keys: JwksCache, clock: Clock) -> None:
        """Trust the realm's keys and nothing else."""
        self._realm = realm
        self._keys = keys
        self._clock = clock

    async def verify(self, token: str) -> ConsoleMachine:
        """Return the machine that a token of three segments was issued to: header, then signature, then claims.

        Raises:
            NotAuthenticatedError: A check failed.
            TokenAuthorityUnavailableError: The key is not known and cannot be fetched.
        """
        header = UnverifiedHeader.read(
            token.partition(".")[0],
            category=MACHINE_CATEGORY,
            allow_missing_category=self._realm.allow_missing_category,
        )
        claims = VerifiedClaims(token, await self._keys.find(header.kid))
        self._check_issuer(claims)
        machine = machine_of(claims.text("sub", Refusal.WRONG_SUBJECT))
        require(claims.text("jti", Refusal.WRONG_TOKEN_ID).startswith("mt_"), Refusal.WRONG_TOKEN_ID)
        check_validity(claims, now=self._clock.now().timestamp(), max_lifetime=self._realm.max_lifetime)
        self._check_receiver(claims)
        return machine

    def _check_issuer(self, claims: VerifiedClaims) -> None:
        require(claims.text("iss", Refusal.WRONG_ISSUER) == self._realm.issuer, Refusal.WRONG_ISSUER)

    def _check_receiver(self, claims: VerifiedClaims) -> None:
        us = self._realm.machine_id
        require(us in claims.texts("aud", Refusal.NOT_IN_AUDIENCE), Refusal.NOT_IN_AUDIENCE)
        require(us in claims.text("scopes", Refusal.NOT_IN_SCOPES).split(), Refusal.NOT_IN_SCOPES)
