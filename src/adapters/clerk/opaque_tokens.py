"""Verifying opaque machine tokens."""

from typing import Any, Literal

import msgspec

from adapters.clerk.api import ClerkApi
from adapters.clerk.instants import as_instant
from adapters.clerk.machines import machine_of
from adapters.clerk.realm import ClerkRealm
from adapters.clerk.refusals import Refusal, require
from adapters.clerk.validity import check_not_expired
from application.ports.clock import Clock
from domain.errors import NotAuthenticatedError
from domain.machines import ConsoleMachine

VERIFY_PATH = "/v1/m2m_tokens/verify"
_REFUSING = {400: Refusal.MALFORMED_TOKEN, 404: Refusal.UNKNOWN_TOKEN, 422: Refusal.MALFORMED_TOKEN}


class _TokenObject(msgspec.Struct, frozen=True):
    """Clerk's answer about a token.

    Only that it is one is taken for granted; every other member is judged by itself, as one of a JWT would be.
    """

    object: Literal["machine_to_machine_token"]
    subject: Any = None
    scopes: Any = None
    revoked: Any = None
    expired: Any = None
    expiration: Any = None  # milliseconds; null never expires


class OpaqueMachineTokenVerifier:
    """Verifies opaque machine tokens by asking Clerk, each time: a revocation counts at once."""

    def __init__(self, realm: ClerkRealm, api: ClerkApi, clock: Clock) -> None:
        """Ask the realm's Backend API."""
        self._realm = realm
        self._api = api
        self._clock = clock

    async def verify(self, token: str) -> ConsoleMachine:
        """Return the machine that an opaque token was issued to.

        Raises:
            NotAuthenticatedError: Clerk does not know the token, or a check failed.
            TokenAuthorityUnavailableError: Clerk did not answer as documented.
        """
        found = await self._ask(token)
        # Clerk may answer 200 for a dead token and only flag it.
        require(found.revoked is False, Refusal.REVOKED)
        require(found.expired is False, Refusal.FLAGGED_EXPIRED)
        if found.expiration is not None:
            expires_at = as_instant(found.expiration, Refusal.WRONG_EXPIRY, per_second=1000)
            check_not_expired(expires_at, now=self._clock.now().timestamp())
        machine = machine_of(found.subject)
        # With the instance key, Clerk verifies tokens for any receiver.
        receivers = found.scopes if isinstance(found.scopes, list) else []
        require(self._realm.machine_id in receivers, Refusal.NOT_IN_SCOPES)
        return machine

    async def _ask(self, token: str) -> _TokenObject:
        try:
            token.encode()
        except UnicodeEncodeError:
            raise NotAuthenticatedError(Refusal.NOT_TEXT.value) from None
        answer = await self._api.post(VERIFY_PATH, {"token": token})
        if answer.status in _REFUSING:
            raise NotAuthenticatedError(_REFUSING[answer.status].value)
        if answer.status != 200:
            self._api.nonsense(VERIFY_PATH, f"status {answer.status}")
        try:
            return msgspec.json.decode(answer.body, type=_TokenObject)
        except (ValueError, RecursionError):
            self._api.nonsense(VERIFY_PATH, "no token object")
