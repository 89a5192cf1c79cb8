"""Organisations and users: what Clerk may answer about them, how long it is kept, and settings that cannot work."""

from typing import Any

import pytest

from adapters.clerk.customer_directory import REMEMBERED_ORGANIZATIONS, ClerkCustomerDirectory
from adapters.clerk.customers import ClerkCustomers
from adapters.clerk.expiring_cache import ExpiringCache
from adapters.clerk.realms import ClerkCustomerRealm
from application.errors import TokenAuthorityUnavailableError
from entrypoints.development.clerk.faults import ConnectionReset, Fault
from entrypoints.development.clerk.responses import json_response
from tests.support.clerk import ABSENT, AdjustableClock, bent
from tests.support.clerk_customers import CustomerRealm
from tests.support.clerk_faults import UNUSABLE

pytestmark = pytest.mark.hostile

OTHER = {"id": "idn_2", "email_address": "other@example.com"}
PRIMARY = {"id": "idn_1", "email_address": "ada@example.com"}


@pytest.fixture
def directory(customers: ClerkCustomers) -> ClerkCustomerDirectory:
    return customers.directory


@pytest.mark.parametrize(
    ("changes", "email"),
    [
        ({"email_addresses": [OTHER, PRIMARY], "primary_email_address_id": "idn_1"}, "ada@example.com"),
        ({"email_addresses": [OTHER], "primary_email_address_id": "idn_1"}, None),
        ({"email_addresses": [OTHER], "primary_email_address_id": None}, None),
        ({"email_addresses": [OTHER], "primary_email_address_id": ABSENT}, None),
        ({"email_addresses": [], "primary_email_address_id": "idn_1"}, None),
    ],
)
async def test_only_the_primary_address_counts(
    realm: CustomerRealm, directory: ClerkCustomerDirectory, changes: dict[str, Any], email: str | None
) -> None:
    realm.clerk.faults.next(json_response(200, bent(realm.user.as_object(), changes)))

    assert await directory.find_email(realm.user.id) == email


@pytest.mark.parametrize(
    "changes",
    [
        {"object": "organization"},
        {"id": "user_other"},
        {"email_addresses": None},
        {"email_addresses": ABSENT},
        {"email_addresses": {"idn_1": PRIMARY}},
        {"email_addresses": ["ada@example.com"]},
        {"email_addresses": [{"id": "idn_1", "email_address": None}]},
        {"primary_email_address_id": 1},
    ],
    ids=repr,
)
async def test_a_user_that_is_none_is_clerks_failure(
    realm: CustomerRealm, directory: ClerkCustomerDirectory, changes: dict[str, Any]
) -> None:
    realm.clerk.faults.next(json_response(200, bent(realm.user.as_object(), changes)))

    with pytest.raises(TokenAuthorityUnavailableError):
        await directory.find_email(realm.user.id)


@pytest.mark.parametrize("fault", UNUSABLE.values(), ids=UNUSABLE)
async def test_an_unusable_answer_calls_nobody_unknown(
    realm: CustomerRealm, directory: ClerkCustomerDirectory, fault: Fault
) -> None:
    realm.clerk.faults.always(fault)

    with pytest.raises(TokenAuthorityUnavailableError):
        await directory.find_email(realm.user.id)
    with pytest.raises(TokenAuthorityUnavailableError):
        await directory.find_organization(realm.organization.id)


@pytest.mark.parametrize("id_", ["", "org_", "user_", "org_1/x", "user_1%2f..", "org_" + "x" * 201, "org_\u0661"])
async def test_clerk_is_not_asked_about_what_is_no_id(
    realm: CustomerRealm, directory: ClerkCustomerDirectory, id_: str
) -> None:
    before = len(realm.clerk.requests)

    assert await directory.find_organization(id_) is None
    assert await directory.find_email(id_) is None
    assert len(realm.clerk.requests) == before


async def test_an_organisation_outlives_an_outage_for_a_minute(
    realm: CustomerRealm, directory: ClerkCustomerDirectory
) -> None:
    found = await directory.find_organization(realm.organization.id)
    realm.clerk.faults.always(ConnectionReset())
    realm.clock.advance(59)
    assert await directory.find_organization(realm.organization.id) == found

    realm.clock.advance(1)

    with pytest.raises(TokenAuthorityUnavailableError):
        await directory.find_organization(realm.organization.id)


async def test_an_organisation_that_comes_into_being_is_found_at_once(
    realm: CustomerRealm, directory: ClerkCustomerDirectory
) -> None:
    assert await directory.find_organization("org_new") is None

    realm.clerk.add_organization("new", organization_id="org_new")

    found = await directory.find_organization("org_new")
    assert found is not None
    assert found.slug == "new"


def test_what_is_remembered_is_bounded_and_the_oldest_makes_room() -> None:
    cache = ExpiringCache[int](lifetime=60, size=3, monotonic=AdjustableClock().monotonic)
    for value, key in enumerate("abcbde"):
        cache.put(key, value)

    assert [cache.get(key) for key in "abcde"] == [None, 3, None, 4, 5]
    assert REMEMBERED_ORGANIZATIONS <= 10_000


GOOD: dict[str, Any] = {"issuer": "https://clerk.example.com", "secret_key": "sk_test_secret"}


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://clerk.example.com"},
        {"secret_key": "ak_secret"},
        {"secret_key": "pk_test_secret"},
        {"secret_key": ""},
        {"max_lifetime": 0},
        {"organizations_lifetime": 0},
        {"organizations_lifetime": float("nan")},
    ],
    ids=repr,
)
def test_a_realm_that_cannot_work_is_refused_without_showing_its_secret(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be") as refusal:
        ClerkCustomerRealm(**{**GOOD, **changes})

    assert "secret" not in str(refusal.value).replace("secret_key", "")


def test_the_secret_is_not_printed() -> None:
    assert "sk_test_secret" not in repr(ClerkCustomerRealm(**GOOD))
