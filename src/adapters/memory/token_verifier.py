"""Machine tokens kept in memory."""

import secrets

from domain.errors import NotAuthenticatedError, TokenAuthorityUnavailableError
from domain.machines import ConsoleMachine


class InMemoryTokenVerifier:
    """Issues tokens and verifies them. For tests and scripts: tokens do not outlive the process.

    Attributes:
        unavailable: Set it to have every verification fail as if the authority could not be asked.
    """

    def __init__(self) -> None:
        """Start without tokens."""
        self.unavailable = False
        self._machines: dict[str, ConsoleMachine] = {}
        self._dead: dict[str, str] = {}

    def issue(self, machine: ConsoleMachine, *, token: str | None = None) -> str:
        """Return a new token of the machine; a text of your choice becomes one when given."""
        issued = token or f"mt_{secrets.token_urlsafe(24)}"
        self._machines[issued] = machine
        self._dead.pop(issued, None)
        return issued

    def revoke(self, token: str) -> None:
        """Make a token be refused as revoked. An unknown one stays unknown."""
        self._dead[token] = "revoked"

    def expire(self, token: str) -> None:
        """Make a token be refused as expired. An unknown one stays unknown."""
        self._dead[token] = "expired"

    async def verify(self, token: str) -> ConsoleMachine:
        """Verify a token as ``TokenVerifier`` says.

        Raises:
            NotAuthenticatedError: It was not issued here, or is revoked or expired.
            TokenAuthorityUnavailableError: While ``unavailable`` is set.
        """
        if self.unavailable:
            raise TokenAuthorityUnavailableError("the authority that issues tokens is set to be unavailable")
        machine = self._machines.get(token)
        if machine is None:
            raise NotAuthenticatedError("unknown token")
        if token in self._dead:
            raise NotAuthenticatedError(self._dead[token])
        return machine
