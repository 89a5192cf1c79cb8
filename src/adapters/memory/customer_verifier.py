"""Tokens of customers kept in memory."""

from adapters.memory.issued_tokens import IssuedTokens
from domain.customers import Customer


class InMemoryCustomerVerifier(IssuedTokens[Customer]):
    """A ``CustomerVerifier`` that issues the tokens of customers itself."""

    prefix = "ak_"
