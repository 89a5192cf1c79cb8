"""Customers: organisations that publish providers of their own, and whoever acts for one."""

from dataclasses import dataclass
from datetime import datetime

from domain import texts
from domain.errors import NamespaceForbiddenError
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
    """Whoever acts for an organisation: a signed-in user, or an API key of the organisation.

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
