"""Fixtures of the suites on customers' tokens; those on machines' have realms of their own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.clerk.customers import ClerkCustomers
from tests.support.clerk_customers import CustomerRealm, a_customer_realm


@pytest.fixture(scope="module")
def customer_realm() -> Iterator[CustomerRealm]:
    """A realm for a whole module: making keys takes a while."""
    with a_customer_realm(organization_id="org_1") as realm:
        yield realm


@pytest.fixture
def realm(customer_realm: CustomerRealm) -> Iterator[CustomerRealm]:
    """The same realm, without the faults of other tests."""
    yield customer_realm
    customer_realm.clerk.faults.clear()


@pytest.fixture
async def customers(realm: CustomerRealm) -> AsyncIterator[ClerkCustomers]:
    """A client that remembers nothing yet."""
    async with realm.customers() as customers:
        yield customers
