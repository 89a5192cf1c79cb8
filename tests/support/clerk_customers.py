"""The customer realm in tests: an instance on loopback with one organisation and one user in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from adapters.clerk.customers import ClerkCustomers
from adapters.clerk.realms import ClerkCustomerRealm
from domain.customers import Customer
from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.sessions import FakeSession
from entrypoints.development.clerk.users import FakeOrganization, FakeUser
from tests.support.clerk import AdjustableClock, bent

VERIFY_KEY_PATH = "/v1/api_keys/verify"


@dataclass(frozen=True, slots=True)
class CustomerRealm:
    """A fake with an organisation and a user who is signed in with the organisation active."""

    clerk: FakeClerk
    clock: AdjustableClock
    organization: FakeOrganization
    user: FakeUser

    def settings(self, **changes: Any) -> ClerkCustomerRealm:
        fields: dict[str, Any] = {
            "issuer": self.clerk.issuer,
            "api_url": self.clerk.url,
            "secret_key": self.clerk.secret_key,
            **changes,
        }
        return ClerkCustomerRealm(**fields)

    def customers(self, **changes: Any) -> ClerkCustomers:
        return ClerkCustomers(self.settings(**changes), self.clock, monotonic=self.clock.monotonic)

    @property
    def session(self) -> FakeSession:
        return FakeSession(user=self.user, organization=self.organization)

    @property
    def customer(self) -> Customer:
        return self.as_customer(self.user.id, user_id=self.user.id, role="admin")

    def as_customer(self, id_: str, **grants: Any) -> Customer:
        return Customer(
            id=id_,
            user_id=grants.pop("user_id", None),
            organization_id=self.organization.id,
            organization_slug=self.organization.slug,
            **grants,
        )

    def header(self, **changes: Any) -> dict[str, Any]:
        return bent(self.session.header(self.clerk.signing_key.kid), changes)

    def claims(self, **changes: Any) -> dict[str, Any]:
        claims = self.session.claims(issuer=self.clerk.issuer, now=self.clock.now(), seconds=60)
        return bent(claims, changes)

    def sign(self, **changes: Any) -> str:
        """Return a session token that the instance signed, with changed claims."""
        return self.clerk.sign(self.header(), self.claims(**changes))


@contextmanager
def a_customer_realm(*, kid: str | None = None, organization_id: str | None = None) -> Iterator[CustomerRealm]:
    clock = AdjustableClock()
    with FakeClerk(kid=kid, now=clock.now) as clerk:
        organization = clerk.add_organization("acme", name="Acme Inc.", organization_id=organization_id)
        yield CustomerRealm(clerk, clock, organization, clerk.add_user("ada@example.com"))
