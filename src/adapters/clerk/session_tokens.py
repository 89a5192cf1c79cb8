"""Verifying session tokens of signed-in users (JWT)."""

from adapters.clerk import ids
from adapters.clerk.active_organizations import active_organization
from adapters.clerk.customer_realm import ClerkCustomerRealm
from adapters.clerk.jwks import JwksCache
from adapters.clerk.jws_headers import SESSION_CATEGORY
from adapters.clerk.refusals import Refusal, require
from adapters.clerk.signed_tokens import SignedTokenReader
from adapters.clerk.verified_claims import VerifiedClaims
from application.ports.clock import Clock
from domain.customers import Customer


class SessionTokenVerifier:
    """Verifies session tokens and reads the organisation that is active in them, both as Clerk signed it."""

    def __init__(self, realm: ClerkCustomerRealm, keys: JwksCache, clock: Clock) -> None:
        """Trust the realm's keys and nothing else."""
        self._realm = realm
        self._tokens = SignedTokenReader(realm, keys, clock, category=SESSION_CATEGORY)

    async def verify(self, token: str) -> Customer:
        """Return the user that a token of three segments was issued to, with the active organisation.

        Raises:
            NotAuthenticatedError: A check failed, or no organisation is active.
            TokenAuthorityUnavailableError: The key is not known and cannot be fetched.
        """
        claims = await self._tokens.read(token)
        user_id = ids.as_id(claims.get("sub"), ids.USER, Refusal.NOT_A_USER)
        ids.as_id(claims.get("sid"), ids.SESSION, Refusal.WRONG_SESSION_ID)
        # A pending session has tasks left, such as choosing an organisation, and is not signed in.
        require("sts" not in claims or claims.get("sts") == "active", Refusal.SESSION_NOT_ACTIVE)
        self._check_party(claims)
        organization = active_organization(claims)
        return Customer(
            id=user_id,
            user_id=user_id,
            organization_id=organization.id,
            organization_slug=organization.slug,
            role=organization.role,
            permissions=organization.permissions,
            impersonator=_impersonator(claims),
        )

    def _check_party(self, claims: VerifiedClaims) -> None:
        allowed = self._realm.authorized_parties
        if allowed or "azp" in claims:
            party = claims.text("azp", Refusal.WRONG_PARTY)
            require(not allowed or party in allowed, Refusal.WRONG_PARTY)


def _impersonator(claims: VerifiedClaims) -> str | None:
    """Return who acts as the user: the subject of ``act`` (RFC 8693 section 4.1)."""
    act = claims.get("act")
    if act is None:
        return None
    return ids.as_id(act.get("sub") if isinstance(act, dict) else None, ids.ANY, Refusal.MALFORMED_ACTOR)
