"""Clerk's objects of the customer realm, as far as they are read."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec

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
