"""Who calls, and whether it may."""

from application.errors import NotAuthenticatedError
from application.ports.customer_verifier import CustomerVerifier
from application.ports.token_verifier import TokenVerifier
from domain.customers import Customer
from domain.registrants import ConsoleMachine, ReleaseAllowList


class AuthenticateMachine:
    """Turns a bearer token into a machine that may release."""

    def __init__(self, verifier: TokenVerifier, allow_list: ReleaseAllowList) -> None:
        self._verifier = verifier
        self._allow_list = allow_list

    async def execute(self, token: str | None) -> ConsoleMachine:
        """Return the machine behind the token.

        Raises:
            NotAuthenticatedError: There is no token, or it is not valid.
            MachineNotAllowedError: The machine is authentic but not listed.
            TokenAuthorityUnavailableError: Nothing could be learned about the token.
        """
        if not token:
            raise NotAuthenticatedError("no token")
        machine = await self._verifier.verify(token)
        self._allow_list.admit(machine)
        return machine


class AuthenticateCustomer:
    """Turns a session token or an API key into a customer with an active organisation."""

    def __init__(self, verifier: CustomerVerifier) -> None:
        self._verifier = verifier

    async def execute(self, token: str | None) -> Customer:
        """Return the customer behind the token.

        Raises:
            NotAuthenticatedError: There is no token, or it is not valid.
            TokenAuthorityUnavailableError: Nothing could be learned about the token.
        """
        if not token:
            raise NotAuthenticatedError("no token")
        return await self._verifier.verify(token)
