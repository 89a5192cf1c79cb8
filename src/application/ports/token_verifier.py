"""Authenticating machines."""

from typing import Protocol

from domain.registrants import ConsoleMachine


class TokenVerifier(Protocol):
    """Verifies machine tokens of the Console realm."""

    async def verify(self, token: str) -> ConsoleMachine:
        """Return the machine that the token was issued to.

        The token is untrusted text of any length and content. A machine that is returned is authentic and meant this
        registry as the receiver; whether it may release is not decided here.

        Raises:
            NotAuthenticatedError: The token is not valid; ``reason`` says which check failed.
            TokenAuthorityUnavailableError: The authority could not be asked, so nothing is known about the token.
        """
        ...
