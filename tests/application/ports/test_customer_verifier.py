"""What sets customers apart from machines. What every verifier does is in ``test_token_verifier``."""

from dataclasses import replace
from typing import Literal

import pytest

from domain.customers import Customer
from tests.support.clerk import a_realm, refusal_reason
from tests.support.clerk_customers import CustomerRealm, a_customer_realm


async def test_a_user_acts_as_itself_and_a_key_as_nobody() -> None:
    with a_customer_realm(organization_id="org_1") as realm:
        key = realm.clerk.create_api_key("org_1")
        async with realm.customers() as customers:
            user = await customers.verifier.verify(realm.clerk.session_token(realm.session))
            automaton = await customers.verifier.verify(key)

    acme = Customer(id="", user_id=None, organization_id="org_1", organization_slug="acme")
    assert user == replace(acme, id=realm.user.id, user_id=realm.user.id, role="admin")
    assert automaton == replace(acme, id=realm.clerk.api_key_id(key), scopes=frozenset())


@pytest.mark.parametrize("version", [1, 2])
async def test_both_versions_of_a_session_tell_role_permissions_and_impersonator_alike(version: Literal[1, 2]) -> None:
    permissions = ("providers:publish", "providers:read", "billing:read", "themes:publish")
    with a_customer_realm() as realm:
        session = replace(
            realm.session, version=version, role="publisher", permissions=permissions, actor="user_support"
        )
        async with realm.customers() as customers:
            user = await customers.verifier.verify(realm.clerk.session_token(session))

    assert user.role == "publisher"
    assert user.permissions == {f"org:{each}" for each in permissions}
    assert user.impersonator == "user_support"


async def test_a_key_tells_its_scopes() -> None:
    with a_customer_realm() as realm:
        key = realm.clerk.create_api_key(realm.organization.id, scopes=["billing:read", "providers:publish"])
        async with realm.customers() as customers:
            automaton = await customers.verifier.verify(key)

    assert automaton.scopes == frozenset({"billing:read", "providers:publish"})
    assert automaton.role is None


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
