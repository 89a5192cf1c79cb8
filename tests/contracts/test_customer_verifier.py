"""What every customer verifier does, whoever issues the tokens."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest

from adapters.memory.customer_verifier import InMemoryCustomerVerifier
from application.ports.customer_verifier import CustomerVerifier
from domain.customers import Customer
from domain.errors import NotAuthenticatedError, TokenAuthorityUnavailableError
from entrypoints.development.clerk.faults import ConnectionReset
from tests.support.clerk import a_realm, refusal_reason
from tests.support.clerk_customers import CustomerRealm, a_customer_realm

CUSTOMER = Customer(id="user_1", user_id="user_1", organization_id="org_1", organization_slug="acme")


@dataclass(frozen=True, slots=True)
class Authority:
    """A verifier, and whoever issues its tokens."""

    verifier: CustomerVerifier
    customer: Customer
    issue: Callable[[], str]
    expire: Callable[[str], None]
    revoke: Callable[[str], None]
    go_down: Callable[[], None]
    come_back: Callable[[], None]
    machine_tokens: tuple[str, ...] = ("mt_0123",)


def _in_memory() -> Authority:
    verifier = InMemoryCustomerVerifier()
    return Authority(
        verifier=verifier,
        customer=CUSTOMER,
        issue=lambda: verifier.issue(CUSTOMER),
        expire=verifier.expire,
        revoke=verifier.revoke,
        go_down=lambda: setattr(verifier, "unavailable", True),
        come_back=lambda: setattr(verifier, "unavailable", False),
    )


def _sessions(realm: CustomerRealm, verifier: CustomerVerifier) -> Authority:
    def come_back() -> None:
        realm.clerk.faults.clear()
        realm.clock.advance(10)

    machine = realm.clerk.add_machine(scopes=["mch_registry"])
    return Authority(
        verifier=verifier,
        customer=realm.customer,
        issue=lambda: realm.clerk.session_token(realm.session),
        expire=lambda token: realm.clock.advance(65),
        revoke=realm.clerk.revoke,
        go_down=lambda: realm.clerk.faults.always(ConnectionReset()),
        come_back=come_back,
        machine_tokens=(realm.clerk.mint(machine), realm.clerk.mint(machine, format="jwt"), machine.secret),
    )


def _api_keys(realm: CustomerRealm, verifier: CustomerVerifier) -> Authority:
    key = realm.clerk.create_api_key(realm.organization.id, seconds=60)
    return replace(
        _sessions(realm, verifier), customer=realm.as_customer(realm.clerk.api_key_id(key)), issue=lambda: key
    )


@pytest.fixture(params=["memory", "clerk-sessions", "clerk-api-keys"])
async def authority(request: pytest.FixtureRequest) -> AsyncIterator[Authority]:
    if request.param == "memory":
        yield _in_memory()
        return
    with a_customer_realm() as realm:
        async with realm.customers() as customers:
            of_kind = _sessions if request.param == "clerk-sessions" else _api_keys
            yield of_kind(realm, customers.verifier)


async def test_a_valid_token_names_its_customer_and_organisation(authority: Authority) -> None:
    assert await authority.verifier.verify(authority.issue()) == authority.customer


async def test_a_token_can_be_used_again(authority: Authority) -> None:
    token = authority.issue()

    assert await authority.verifier.verify(token) == await authority.verifier.verify(token)


@pytest.mark.parametrize(
    "token",
    ["", " ", "..", "a.b.c", "ak_", "ak_0123", "ak_\udc80", "ak_\x00", "ak_" + "x" * 1_000_000, "Bearer", "sk_test_1"],
    ids=lambda token: repr(token[:12]),
)
async def test_text_that_is_no_token_is_refused(authority: Authority, token: str) -> None:
    await _assert_refused(authority, token)


async def test_a_machine_token_is_refused(authority: Authority) -> None:
    for token in authority.machine_tokens:
        await _assert_refused(authority, token)


async def test_an_expired_token_is_refused(authority: Authority) -> None:
    token = authority.issue()
    await authority.verifier.verify(token)

    authority.expire(token)

    await _assert_refused(authority, token)


@pytest.mark.parametrize("authority", ["memory", "clerk-api-keys"], indirect=True)
async def test_a_revoked_token_is_refused_at_once(authority: Authority) -> None:
    token = authority.issue()
    await authority.verifier.verify(token)

    authority.revoke(token)

    await _assert_refused(authority, token)


async def test_nothing_is_known_about_a_token_until_the_authority_is_back(authority: Authority) -> None:
    token = authority.issue()
    authority.go_down()
    with pytest.raises(TokenAuthorityUnavailableError) as refusal:
        await authority.verifier.verify(token)
    assert refusal.value.retry_after > 0

    authority.come_back()

    assert await authority.verifier.verify(token) == authority.customer


async def test_a_token_of_another_instance_is_refused() -> None:
    with a_customer_realm(kid="ins_same") as realm, a_customer_realm(kid="ins_same") as other:
        async with realm.customers() as customers:
            key = other.clerk.create_api_key(other.organization.id)
            assert await refusal_reason(customers.verifier, key) == "unknown token"
            token = other.clerk.session_token(other.session)
            assert await refusal_reason(customers.verifier, token) == "bad signature"


@pytest.mark.parametrize("allow_missing_category", [True, False])
async def test_a_customers_token_is_no_machines_even_in_the_same_instance(allow_missing_category: bool) -> None:
    with a_realm() as realm:
        organization = realm.clerk.add_organization("acme")
        customers = CustomerRealm(realm.clerk, realm.clock, organization, realm.clerk.add_user())
        async with realm.verifier(allow_missing_category=allow_missing_category) as verifier:
            token = realm.clerk.session_token(customers.session)
            assert await refusal_reason(verifier, token) == "wrong category"
            bare = realm.clerk.session_token(replace(customers.session, category=None))
            expected = "subject is no machine" if allow_missing_category else "missing category"
            assert await refusal_reason(verifier, bare) == expected
            key = realm.clerk.create_api_key(organization.id)
            assert await refusal_reason(verifier, key) == "unknown token shape"


async def _assert_refused(authority: Authority, token: str) -> None:
    with pytest.raises(NotAuthenticatedError) as refusal:
        await authority.verifier.verify(token)
    assert refusal.value.token_presented
    assert refusal.value.reason
    assert refusal.value.detail == "Not authenticated"
