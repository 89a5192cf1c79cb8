"""The customer realm's verifier."""

from adapters.clerk.api_keys import ApiKeyVerifier
from adapters.clerk.refusals import Refusal, require
from adapters.clerk.session_tokens import SessionTokenVerifier
from adapters.clerk.shapes import MAX_TOKEN_LENGTH, is_api_key, is_compact_jws
from adapters.clerk.verification_limits import VerificationLimits
from domain.customers import Customer


class ClerkCustomerVerifier:
    """Verifies session tokens and API keys of one Clerk instance."""

    def __init__(self, sessions: SessionTokenVerifier, api_keys: ApiKeyVerifier, limits: VerificationLimits) -> None:
        """Leave each kind to its own verifier; API keys, which cost a call, within limits."""
        self._sessions = sessions
        self._api_keys = api_keys
        self._limits = limits

    async def verify(self, token: str) -> Customer:
        """Verify a token or key as ``CustomerVerifier`` says.

        Raises:
            NotAuthenticatedError: A check failed; ``reason`` is a value of ``Refusal``.
            TokenAuthorityUnavailableError: Clerk could not be asked.
        """
        require(len(token) <= MAX_TOKEN_LENGTH, Refusal.TOO_LONG)
        if is_api_key(token):
            return await self._limits.verify(token, lambda: self._api_keys.verify(token))
        require(is_compact_jws(token), Refusal.UNKNOWN_SHAPE)
        return await self._sessions.verify(token)
