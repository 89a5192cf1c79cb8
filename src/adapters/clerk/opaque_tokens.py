"""Verifying opaque machine tokens."""

from structlog.contextvars import bind_contextvars

from adapters.clerk import ids
from adapters.clerk.api import ClerkApi
from adapters.clerk.issued_secrets import IssuedSecretFinder
from adapters.clerk.realm import ClerkRealm
from adapters.clerk.refusals import Refusal, require
from application.ports.clock import Clock
from domain.machines import ConsoleMachine


class OpaqueMachineTokenVerifier:
    """Verifies opaque machine tokens by asking Clerk, each time."""

    def __init__(self, realm: ClerkRealm, api: ClerkApi, clock: Clock) -> None:
        """Ask the realm's Backend API."""
        self._realm = realm
        self._tokens = IssuedSecretFinder(
            api, clock, path="/v1/m2m_tokens/verify", member="token", kind="machine_to_machine_token"
        )

    async def verify(self, token: str) -> ConsoleMachine:
        """Return the machine that an opaque token was issued to.

        Raises:
            NotAuthenticatedError: Clerk does not know the token, or a check failed.
            TokenAuthorityUnavailableError: Clerk did not answer as documented.
        """
        found = await self._tokens.find(token)
        machine = ConsoleMachine(ids.as_id(found.subject, ids.MACHINE, Refusal.WRONG_SUBJECT))
        bind_contextvars(machine_id=machine.id)  # vouched for by now, whatever the check below finds
        # With the instance key, Clerk verifies tokens for any receiver.
        receivers = found.scopes if isinstance(found.scopes, list) else []
        require(self._realm.machine_id in receivers, Refusal.NOT_IN_SCOPES)
        return machine
