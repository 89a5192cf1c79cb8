"""Tokens in memory."""

import secrets
from typing import ClassVar, Generic, TypeVar

from application.errors import NotAuthenticatedError, TokenAuthorityUnavailableError
from domain.customers import Customer
from domain.registrants import ConsoleMachine

Holder = TypeVar("Holder")


class IssuedTokens(Generic[Holder]):
    """Issues tokens and verifies them. For tests and scripts: tokens do not outlive the process.

    Attributes:
        unavailable: Set it to have every verification fail as if the authority could not be asked.
    """

    prefix: ClassVar[str]

    def __init__(self) -> None:
        self.unavailable = False
        self._holders: dict[str, Holder] = {}
        self._dead: dict[str, str] = {}

    def issue(self, holder: Holder, *, token: str | None = None) -> str:
        """Return a new token of the holder; a text of your choice becomes one when given."""
        issued = token or f"{self.prefix}{secrets.token_urlsafe(24)}"
        self._holders[issued] = holder
        self._dead.pop(issued, None)
        return issued

    def revoke(self, token: str) -> None:
        """Make a token be refused as revoked. An unknown one stays unknown."""
        self._dead[token] = "revoked"

    def expire(self, token: str) -> None:
        """Make a token be refused as expired. An unknown one stays unknown."""
        self._dead[token] = "expired"

    async def verify(self, token: str) -> Holder:
        """Verify a token as the port says.

        Raises:
            NotAuthenticatedError: It was not issued here, or is revoked or expired.
            TokenAuthorityUnavailableError: While ``unavailable`` is set.
        """
        if self.unavailable:
            raise TokenAuthorityUnavailableError("the authority that issues tokens is set to be unavailable")
        holder = self._holders.get(token)
        if holder is None:
            raise NotAuthenticatedError("unknown token")
        if token in self._dead:
            raise NotAuthenticatedError(self._dead[token])
        return holder


class InMemoryTokenVerifier(IssuedTokens[ConsoleMachine]):
    """A ``TokenVerifier`` that issues the tokens of machines itself."""

    prefix = "mt_"


class InMemoryCustomerVerifier(IssuedTokens[Customer]):
    """A ``CustomerVerifier`` that issues the tokens of customers itself."""

    prefix = "ak_"
