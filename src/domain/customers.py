"""Customers, their organisations, and who may publish for one."""

from dataclasses import dataclass
from datetime import datetime

from domain import texts
from domain.errors import NamespaceForbiddenError, PublishForbiddenError
from domain.names import PLATFORM, ProviderName

MAX_DISPLAY_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """An organisation of the customer realm.

    Attributes:
        id: The id that the customer realm gave the organisation, for good.
        slug: The namespace that it publishes in.
    """

    id: str
    name: str
    slug: str
    created_at: datetime
    updated_at: datetime

    @property
    def display_name(self) -> str | None:
        """The name as one line that can be stored and shown, or None if nothing is left of it."""
        return texts.fitted_line(self.name, max_length=MAX_DISPLAY_NAME) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A caller that acts for an organisation: a signed-in user, or an API key of the organisation.

    Attributes:
        id: The user's id, or the key's.
        user_id: None for an API key.
        organization_id: The active organisation.
        organization_slug: The namespace that the organisation publishes in.
        organization_name: How the organisation is shown, or None if that is not known.
        role: The user's role in the organisation, without a prefix such as ``org:``. Empty if the user has none; None
            for a key, or if the realm has no roles.
        permissions: What the user may do in the organisation, as the realm writes permissions.
        scopes: What the key was made for; None for a user. A key that was made for no particular use has none.
        impersonator: The person who acts as the user, or None if the user acts.
    """

    id: str
    user_id: str | None
    organization_id: str
    organization_slug: str
    organization_name: str | None = None
    role: str | None = None
    permissions: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    impersonator: str | None = None

    @property
    def actor(self) -> str:
        """The id, and who acts under it if that is another person."""
        return self.id if self.impersonator is None else f"{self.id} impersonated by {self.impersonator}"

    def authorise(self, name: ProviderName) -> None:
        """Return if the name is in the organisation's namespace.

        Raises:
            NamespaceForbiddenError: It is in another one, or in the platform's, whatever the organisation is called.
        """
        if name.is_platform or name.prefix != self.organization_slug:
            raise NamespaceForbiddenError(
                f"this organisation publishes under its own namespace, not {name.prefix}/; "
                + (f"{PLATFORM}/ is reserved" if name.is_platform else f"send {self.organization_slug}/{name.name}")
            )


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
