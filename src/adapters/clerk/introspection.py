"""Asking Clerk about a secret text that it issued."""

from typing import Any

import msgspec

from adapters.clerk.api import ClerkApi
from adapters.clerk.jwt import as_timestamp, check_not_expired
from adapters.clerk.token_checks import RejectionReason, reject_unless
from application.errors import NotAuthenticatedError
from application.ports.clock import Clock

_REFUSING = {
    400: RejectionReason.MALFORMED_TOKEN,
    404: RejectionReason.UNKNOWN_TOKEN,
    422: RejectionReason.MALFORMED_TOKEN,
}


class IntrospectedToken(msgspec.Struct, frozen=True):
    """Clerk's response about a secret.

    Only ``object`` is required; every other member is validated by itself, as a claim of a JWT is.
    """

    object: str
    id: Any = None
    subject: Any = None
    scopes: Any = None
    revoked: Any = None
    expired: Any = None
    expiration: Any = None  # milliseconds; null never expires


class TokenIntrospector:
    """Finds what Clerk knows of a secret, by asking each time: a revocation counts at once."""

    def __init__(self, api: ClerkApi, clock: Clock, *, path: str, member: str, kind: str) -> None:
        self._api = api
        self._clock = clock
        self._path = path
        self._member = member
        self._kind = kind

    async def find(self, secret: str) -> IntrospectedToken:
        """Return what Clerk says of a secret that is neither revoked nor expired.

        Raises:
            NotAuthenticatedError: Clerk does not know it, or it is no longer good.
            TokenAuthorityUnavailableError: Clerk did not answer as documented.
        """
        found = await self._ask(secret)
        # Clerk may answer 200 for a dead secret and only flag it.
        reject_unless(found.revoked is False, RejectionReason.REVOKED)
        reject_unless(found.expired is False, RejectionReason.FLAGGED_EXPIRED)
        if found.expiration is not None:
            expires_at = as_timestamp(found.expiration, RejectionReason.WRONG_EXPIRY, per_second=1000)
            check_not_expired(expires_at, now=self._clock.now().timestamp())
        return found

    async def _ask(self, secret: str) -> IntrospectedToken:
        try:
            secret.encode()
        except UnicodeEncodeError:
            raise NotAuthenticatedError(RejectionReason.NOT_TEXT.value) from None
        response = await self._api.post(self._path, {self._member: secret})
        if response.status in _REFUSING:
            raise NotAuthenticatedError(_REFUSING[response.status].value)
        found = self._api.decode(self._path, response, IntrospectedToken)
        if found.object != self._kind:
            self._api.invalid_response(self._path, f"no {self._kind}")
        return found
