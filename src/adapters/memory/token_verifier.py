"""Machine tokens kept in memory."""

from adapters.memory.issued_tokens import IssuedTokens
from domain.registrants import ConsoleMachine


class InMemoryTokenVerifier(IssuedTokens[ConsoleMachine]):
    """A ``TokenVerifier`` that issues the tokens of machines itself."""

    prefix = "mt_"
