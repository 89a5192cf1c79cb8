"""Verifying signed machine tokens (JWT)."""

from structlog.contextvars import bind_contextvars

from adapters.clerk import ids
from adapters.clerk.claims import Claims
from adapters.clerk.jwks import JwksCache
from adapters.clerk.jws_headers import MACHINE_CATEGORY
from adapters.clerk.realm import ClerkRealm
from adapters.clerk.refusals import Refusal, require
from adapters.clerk.signed_tokens import SignedTokenReader
from application.ports.clock import Clock
from domain.machines import ConsoleMachine


class JwtMachineTokenVerifier:
    """Verifies JWTs that Clerk issued to machines."""

    def __init__(self, realm: ClerkRealm, keys: JwksCache, clock: Clock) -> None:
        """Trust the realm's keys and nothing else."""
        self._realm = realm
        self._tokens = SignedTokenReader(realm, keys, clock, category=MACHINE_CATEGORY)

    async def verify(self, token: str) -> ConsoleMachine:
        """Return the machine that a token of three segments was issued to.

        Raises:
            NotAuthenticatedError: A check failed.
            TokenAuthorityUnavailableError: The key is not known and cannot be fetched.
        """
        claims = await self._tokens.read(token)
        machine = sender(claims)
        bind_contextvars(machine_id=machine.id)  # vouched for by now, whatever the checks below find
        check_receiver(claims, self._realm.machine_id)
        return machine


def sender(claims: Claims) -> ConsoleMachine:
    """Return the machine that a token is said to be of.

    Raises:
        NotAuthenticatedError: It is said to be of something else.
    """
    return ConsoleMachine(ids.as_id(claims.get("sub"), ids.MACHINE, Refusal.WRONG_SUBJECT))


def check_receiver(claims: Claims, receiver: str) -> None:
    """Return if the claims are a machine token's for that receiver.

    Raises:
        NotAuthenticatedError: They are not.
    """
    require(claims.text("jti", Refusal.WRONG_TOKEN_ID).startswith("mt_"), Refusal.WRONG_TOKEN_ID)
    require(receiver in claims.texts("aud", Refusal.NOT_IN_AUDIENCE), Refusal.NOT_IN_AUDIENCE)
    require(receiver in claims.text("scopes", Refusal.NOT_IN_SCOPES).split(), Refusal.NOT_IN_SCOPES)
