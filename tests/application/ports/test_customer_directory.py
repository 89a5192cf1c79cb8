"""What every customer directory knows, and what it answers about the rest."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from adapters.memory.customer_directory import InMemoryCustomerDirectory
from application.errors import TokenAuthorityUnavailableError
from application.ports.customer_directory import CustomerDirectory
from domain.customers import Organization
from entrypoints.development.clerk.faults import ConnectionReset
from tests.builders import NOW
from tests.support.clerk_customers import CustomerRealm, a_customer_realm

MOMENT = NOW.replace(microsecond=678_000)  # Clerk counts milliseconds
ACME = Organization(id="org_1", name="Acme Inc.", slug="acme", created_at=MOMENT, updated_at=MOMENT)


@dataclass(frozen=True, slots=True)
class Place:
    """A directory with an organisation and two users: ``user_1`` with an address, ``user_2`` without."""

    directory: CustomerDirectory
    go_down: Callable[[], None]
    come_back: Callable[[], None]


def _in_memory() -> Place:
    directory = InMemoryCustomerDirectory()
    directory.add_organization(ACME)
    directory.add_user("user_1", "ada@example.com")
    directory.add_user("user_2", None)
    return Place(
        directory,
        go_down=lambda: setattr(directory, "unavailable", True),
        come_back=lambda: setattr(directory, "unavailable", False),
    )


def _clerk(realm: CustomerRealm, directory: CustomerDirectory) -> Place:
    realm.clerk.add_user("ada@example.com", user_id="user_1")
    realm.clerk.add_user(None, user_id="user_2")
    return Place(
        directory,
        go_down=lambda: realm.clerk.faults.always(ConnectionReset()),
        come_back=realm.clerk.faults.clear,
    )


@pytest.fixture(params=["memory", "clerk"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    if request.param == "memory":
        yield _in_memory()
        return
    with a_customer_realm(organization_id="org_1") as realm:
        async with realm.customers() as customers:
            yield _clerk(realm, customers.directory)


async def test_an_organisation_is_found_by_its_id(place: Place) -> None:
    assert await place.directory.find_organization("org_1") == ACME


async def test_a_users_primary_address_is_found(place: Place) -> None:
    assert await place.directory.find_email("user_1") == "ada@example.com"


async def test_a_user_without_an_address_has_none(place: Place) -> None:
    assert await place.directory.find_email("user_2") is None


@pytest.mark.parametrize(
    "unknown",
    ["org_9", "user_9", "", "org_", "acme", "org_1/../org_1", "org_1?x=1", "org_1\n", "../users/user_1", "\udc80"],
    ids=ascii,
)
async def test_whoever_is_not_known_is_not_found(place: Place, unknown: str) -> None:
    assert await place.directory.find_organization(unknown) is None
    assert await place.directory.find_email(unknown) is None


async def test_an_organisation_is_no_user_and_a_user_no_organisation(place: Place) -> None:
    assert await place.directory.find_organization("user_1") is None
    assert await place.directory.find_email("org_1") is None


async def test_nobody_is_called_unknown_while_the_directory_is_down(place: Place) -> None:
    place.go_down()
    for find, id_ in ((place.directory.find_organization, "org_1"), (place.directory.find_email, "user_1")):
        with pytest.raises(TokenAuthorityUnavailableError):
            await find(id_)

    place.come_back()

    assert await place.directory.find_organization("org_1") == ACME
