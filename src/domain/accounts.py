"""Whose work it is, where work is shared out."""

from dataclasses import dataclass
from typing import Self

from domain.machines import Registrant


@dataclass(frozen=True, slots=True)
class Account:
    """Who is counted as one: a machine of the Console realm, or a customer's organisation, whoever acts for it."""

    id: str
    is_customer: bool = False

    @classmethod
    def of(cls, registrant: Registrant) -> Self:
        """Return the account that a registrant acts for."""
        organization = registrant.organization_id
        return cls(registrant.id if organization is None else organization, is_customer=organization is not None)
