"""Looking up organisations and users."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, TypeVar

import msgspec

from adapters.clerk.api import ClerkApi
from adapters.clerk.expiring_cache import ExpiringCache
from adapters.clerk.realms import ClerkCustomerRealm
from adapters.clerk.token_checks import ORGANIZATION_ID, USER_ID, is_id
from domain.customers import Organization

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Milliseconds; the latest is the end of the year 9999, after which there are no dates.
_Milliseconds = Annotated[int, msgspec.Meta(ge=0, lt=253_402_300_800_000)]


class OrganizationObject(msgspec.Struct, frozen=True):
    """An organisation; an instance may do without slugs."""

    object: Literal["organization"]
    id: str
    name: str
    created_at: _Milliseconds
    updated_at: _Milliseconds
    slug: str | None = None

    def as_organization(self, slug: str) -> Organization:
        """Return it as the domain knows it."""
        return Organization(
            id=self.id,
            name=self.name,
            slug=slug,
            created_at=_EPOCH + timedelta(milliseconds=self.created_at),
            updated_at=_EPOCH + timedelta(milliseconds=self.updated_at),
        )


class _EmailAddressObject(msgspec.Struct, frozen=True):
    id: str
    email_address: str


class UserObject(msgspec.Struct, frozen=True):
    """A user, with addresses of which one may be the primary one."""

    object: Literal["user"]
    id: str
    email_addresses: list[_EmailAddressObject]
    primary_email_address_id: str | None = None

    @property
    def primary_email_address(self) -> str | None:
        """The primary address, or None."""
        primary = self.primary_email_address_id
        return next((each.email_address for each in self.email_addresses if each.id == primary), None)


REMEMBERED_ORGANIZATIONS = 1024
Found = TypeVar("Found", bound=msgspec.Struct)


class ClerkCustomerDirectory:
    """Reads the customer realm's organisations and users from the Backend API; organisations are remembered briefly."""

    def __init__(self, realm: ClerkCustomerRealm, api: ClerkApi, monotonic: Callable[[], float]) -> None:
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
        if known is not None or not is_id(organization_id, ORGANIZATION_ID):
            return known
        path = f"/v1/organizations/{organization_id}"
        found = await self._find(path, OrganizationObject)
        if found is None or not found.slug:
            return None
        if found.id != organization_id:
            self._api.invalid_response(path, "another organization")
        organization = found.as_organization(found.slug)
        self._organizations.put(organization_id, organization)
        return organization

    async def find_email(self, user_id: str) -> str | None:
        """Find an address as ``CustomerDirectory`` says.

        Raises:
            TokenAuthorityUnavailableError: Clerk could not be asked.
        """
        if not is_id(user_id, USER_ID):
            return None
        path = f"/v1/users/{user_id}"
        found = await self._find(path, UserObject)
        if found is not None and found.id != user_id:
            self._api.invalid_response(path, "another user")
        return None if found is None else found.primary_email_address

    async def _find(self, path: str, kind: type[Found]) -> Found | None:
        response = await self._api.get(path)
        return None if response.status == 404 else self._api.decode(path, response, kind)
