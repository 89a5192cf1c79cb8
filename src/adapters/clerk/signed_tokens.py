"""What all signed tokens (JWT) of an instance have in common."""

from adapters.clerk.claims import Claims
from adapters.clerk.jwks import JwksCache
from adapters.clerk.jws_headers import UnverifiedHeader
from adapters.clerk.realm import ClerkInstance
from adapters.clerk.refusals import Refusal, require
from adapters.clerk.validity import check_validity
from adapters.clerk.verified_claims import VerifiedClaims
from application.ports.clock import Clock


class SignedTokenReader:
    """Reads JWTs of one category against the issuer's published keys, without asking Clerk per token."""

    def __init__(self, instance: ClerkInstance, keys: JwksCache, clock: Clock, *, category: str) -> None:
        """Trust the instance's keys and nothing else."""
        self._instance = instance
        self._keys = keys
        self._clock = clock
        self._category = category

    async def read(self, token: str) -> VerifiedClaims:
        """Return the claims of a token of three segments that the instance signed and that is good now.

        Header comes first, then the signature, then claims. What the claims say of the holder is the caller's to judge.

        Raises:
            NotAuthenticatedError: A check failed.
            TokenAuthorityUnavailableError: The key is not known and cannot be fetched.
        """
        header = UnverifiedHeader.read(
            token.partition(".")[0],
            category=self._category,
            allow_missing_category=self._instance.allow_missing_category,
        )
        claims = VerifiedClaims(token, await self._keys.find(header.kid))
        check_issue(claims, self._instance, now=self._clock.now().timestamp())
        return claims


def check_issue(claims: Claims, instance: ClerkInstance, *, now: float) -> None:
    """Return if claims name the instance as their issuer and are good now, in seconds since 1970.

    Raises:
        NotAuthenticatedError: They do not, or are not.
    """
    require(claims.get("iss") == instance.issuer, Refusal.WRONG_ISSUER)
    check_validity(claims, now=now, max_lifetime=instance.max_lifetime)
