"""Organisations and users kept in memory."""

from application.errors import TokenAuthorityUnavailableError
from domain.customers import Organization


class InMemoryCustomerDirectory:
    """Organisations and users that were added to it. For tests and scripts.

    Attributes:
        unavailable: Set it to have every look-up fail as if the directory could not be asked.
    """

    def __init__(self) -> None:
        self.unavailable = False
        self._organizations: dict[str, Organization] = {}
        self._emails: dict[str, str | None] = {}

    def add_organization(self, organization: Organization) -> None:
        """Add an organisation, or replace the one of the same id."""
        self._organizations[organization.id] = organization

    def add_user(self, user_id: str, email: str | None) -> None:
        """Add a user with a primary address or none, or replace the one of the same id."""
        self._emails[user_id] = email

    async def find_organization(self, organization_id: str) -> Organization | None:
        """Find an organisation as ``CustomerDirectory`` says.

        Raises:
            TokenAuthorityUnavailableError: While ``unavailable`` is set.
        """
        self._require_available()
        return self._organizations.get(organization_id)

    async def find_email(self, user_id: str) -> str | None:
        """Find an address as ``CustomerDirectory`` says.

        Raises:
            TokenAuthorityUnavailableError: While ``unavailable`` is set.
        """
        self._require_available()
        return self._emails.get(user_id)

    def _require_available(self) -> None:
        if self.unavailable:
            raise TokenAuthorityUnavailableError("the directory of customers is set to be unavailable")
