"""Looking up who customers are."""

from typing import Protocol

from domain.customers import Organization


class CustomerDirectory(Protocol):
    """Knows the organisations and users of the customer realm. Answers may be some seconds old."""

    async def find_organization(self, organization_id: str) -> Organization | None:
        """Return an organisation, or None if there is none with that id.

        Raises:
            TokenAuthorityUnavailableError: The directory could not be asked.
        """
        ...

    async def find_email(self, user_id: str) -> str | None:
        """Return a user's primary e-mail address, or None if there is no such user or no address.

        Raises:
            TokenAuthorityUnavailableError: The directory could not be asked.
        """
        ...
