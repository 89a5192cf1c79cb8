"""Describing the calling customer."""

from dataclasses import dataclass, replace

from application.errors import TokenAuthorityUnavailableError
from application.ports.customer_directory import CustomerDirectory
from domain.customers import Customer, Organization
from domain.errors import OrganizationForbiddenError


@dataclass(frozen=True, slots=True)
class CustomerDescription:
    """A customer with the data of its directory.

    Attributes:
        email: The user's primary address; None for an API key, or when there is none.
    """

    customer: Customer
    email: str | None
    organization: Organization


class DescribeCustomer:
    """Looks up the caller and its own organisation, and no others."""

    def __init__(self, directory: CustomerDirectory) -> None:
        self._directory = directory

    async def execute(self, customer: Customer) -> CustomerDescription:
        """Return what the directory knows of the caller.

        Raises:
            OrganizationForbiddenError: The caller's organisation is gone.
            TokenAuthorityUnavailableError: The directory could not be asked.
        """
        organization = await self.find_organization(customer, customer.organization_id)
        email = await self._directory.find_email(customer.user_id) if customer.user_id else None
        return CustomerDescription(customer, email, organization)

    async def named(self, customer: Customer) -> Customer:
        """Return the caller with the name of its organisation, or as it is while the directory cannot be asked."""
        try:
            organization = await self._directory.find_organization(customer.organization_id)
        except TokenAuthorityUnavailableError:
            return customer
        return replace(customer, organization_name=organization.display_name if organization else None)

    async def find_organization(self, customer: Customer, organization_id: str) -> Organization:
        """Return the caller's organisation.

        Raises:
            OrganizationForbiddenError: It is not the caller's, or it is gone.
            TokenAuthorityUnavailableError: The directory could not be asked.
        """
        if organization_id != customer.organization_id:
            raise OrganizationForbiddenError(
                "this is not your active organisation; switch to it, or use one of its API keys"
            )
        organization = await self._directory.find_organization(organization_id)
        if organization is None:
            raise OrganizationForbiddenError(
                "your active organisation was deleted, or has no slug; choose another one and sign in again"
            )
        return organization
