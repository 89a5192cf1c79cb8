"""Looking up organisations and users."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from adapters.clerk import ids
from adapters.clerk.api import ClerkApi
from adapters.clerk.customer_objects import OrganizationObject, UserObject
from adapters.clerk.customer_realm import ClerkCustomerRealm
from adapters.clerk.expiring_cache import ExpiringCache
from domain.customers import Organization

REMEMBERED_ORGANIZATIONS = 1024
Found = TypeVar("Found", bound=msgspec.Struct)


class ClerkCustomerDirectory:
    """Reads the customer realm's organisations and users from the Backend API; organisations are remembered briefly."""

    def __init__(self, realm: ClerkCustomerRealm, api: ClerkApi, monotonic: Callable[[], float]) -> None:
        """Ask the instance; ``monotonic`` counts seconds for what is remembered."""
        self._api = api
        self._organizations = ExpiringCache[Organization](
            lifetime=realm.organizations_lifetime, size=REMEMBERED_ORGANIZATIONS, monotonic=monotonic
        )

    async def find_organization(self, organization_id: str) -> Organization | None:
        """Find an organisation as ``CustomerDirectory`` says. One without a slug has no namespace and is not found.

        Raises:
            TokenAuthorityUnavailableError: Clerk could not be asked.
        """
        known = self._organizations.get(organization_id)
        if known is not None or not ids.is_id(organization_id, ids.ORGANIZATION):
            return known
        path = f"/v1/organizations/{organization_id}"
        found = await self._find(path, OrganizationObject)
        if found is None or not found.slug:
            return None
        if found.id != organization_id:
            self._api.nonsense(path, "another organization")
        organization = found.as_organization(found.slug)
        self._organizations.put(organization_id, organization)
        return organization

    async def find_email(self, user_id: str) -> str | None:
        """Find an address as ``CustomerDirectory`` says.

        Raises:
            TokenAuthorityUnavailableError: Clerk could not be asked.
        """
        if not ids.is_id(user_id, ids.USER):
            return None
        path = f"/v1/users/{user_id}"
        found = await self._find(path, UserObject)
        if found is not None and found.id != user_id:
            self._api.nonsense(path, "another user")
        return None if found is None else found.primary_email_address

    async def _find(self, path: str, kind: type[Found]) -> Found | None:
        answer = await self._api.get(path)
        return None if answer.status == 404 else self._api.decode(path, answer, kind)
