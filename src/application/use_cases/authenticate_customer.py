"""Who calls the customer routes."""

from application.errors import NotAuthenticatedError
from application.ports.customer_verifier import CustomerVerifier
from domain.customers import Customer


class AuthenticateCustomer:
    """Turns a session token or an API key into a customer with an active organisation."""

    def __init__(self, verifier: CustomerVerifier) -> None:
        """Take the customer realm's verifier."""
        self._verifier = verifier

    async def execute(self, token: str | None) -> Customer:
        """Return the customer behind the token.

        Raises:
            NotAuthenticatedError: There is no token, or it proves nothing.
            TokenAuthorityUnavailableError: Nothing could be learned about the token.
        """
        if not token:
            raise NotAuthenticatedError("no token")
        return await self._verifier.verify(token)
