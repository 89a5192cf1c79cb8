"""Which members and keys of an organisation may publish for it."""

from dataclasses import dataclass

from domain.customers import Customer
from domain.errors import PublishForbiddenError

_ROLE_PREFIX = "org:"


def role_name(written: str) -> str:
    """Return a role without its prefix: ``org:admin`` and ``admin`` are one role."""
    return written.removeprefix(_ROLE_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPolicy:
    """Who may register, yank and restore versions for a customer's organisation.

    Attributes:
        roles: The roles whose members may.
        permissions: The permissions whose holders may, whatever their roles.
        scopes: The scopes of keys that may.
        allow_unscoped_keys: Whether keys without any scope may.
        allow_impersonation: Whether a person who acts as one of the users may.
    """

    roles: frozenset[str] = frozenset({"admin"})
    permissions: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset({"providers:publish"})
    allow_unscoped_keys: bool = True
    allow_impersonation: bool = False

    def admit(self, customer: Customer) -> None:
        """Return if the customer may publish.

        Raises:
            PublishForbiddenError: The customer may not.
        """
        if customer.impersonator is not None and not self.allow_impersonation:
            raise PublishForbiddenError(
                "an impersonated session may not publish; ask the user, or use an API key of the organisation"
            )
        if customer.scopes is not None:
            self._admit_key(customer.scopes)
        elif customer.role is not None:
            self._admit_member(customer.role, customer.permissions)

    def _admit_key(self, scopes: frozenset[str]) -> None:
        if self.scopes & scopes or (self.allow_unscoped_keys and not scopes):
            return
        raise PublishForbiddenError(
            f"this API key may not publish; use one with the scope {_any_of(self.scopes)}"
            if self.scopes
            else "API keys with scopes may not publish; use one without"
        )

    def _admit_member(self, role: str, permissions: frozenset[str]) -> None:
        if role_name(role) in self.roles or self.permissions & permissions:
            return
        needed = [f"the role {_any_of(self.roles)}"] if self.roles else []
        needed += [f"the permission {_any_of(self.permissions)}"] if self.permissions else []
        raise PublishForbiddenError(
            "your role in the organisation may not publish; "
            + (f"ask one of its admins for {' or '.join(needed)}" if needed else "use an API key of the organisation")
        )


def _any_of(names: frozenset[str]) -> str:
    return " or ".join(sorted(names))
