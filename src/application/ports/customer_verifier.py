"""Authenticating customers."""

from typing import Protocol

from domain.customers import Customer


class CustomerVerifier(Protocol):
    """Verifies session tokens and organisation API keys of the customer realm."""

    async def verify(self, token: str) -> Customer:
        """Return the customer that the token or key was issued to, with its active organisation.

        The token is untrusted text of any length and content. A machine token is none of these.

        Raises:
            NotAuthenticatedError: The token is not valid, or no organisation is active; ``reason`` says which check
                failed.
            TokenAuthorityUnavailableError: The authority could not be asked, so nothing is known about the token.
        """
        ...
