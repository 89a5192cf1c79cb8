"""Who of an organisation's members and keys may publish for it."""

from dataclasses import replace
from typing import Any

import pytest

from domain.customers import Customer, PublishPolicy
from domain.errors import PublishForbiddenError

USER = Customer(id="user_1", user_id="user_1", organization_id="org_1", organization_slug="acme")
KEY = replace(USER, id="ak_1", user_id=None)
DEFAULT = PublishPolicy()

ADMITTED: dict[str, tuple[PublishPolicy, Customer]] = {
    "an admin": (DEFAULT, replace(USER, role="admin")),
    "an admin, with the prefix": (DEFAULT, replace(USER, role="org:admin")),
    "a role of one's own": (PublishPolicy(roles=frozenset({"publisher"})), replace(USER, role="publisher")),
    "a member with the permission": (
        PublishPolicy(permissions=frozenset({"org:providers:publish"})),
        replace(USER, role="member", permissions=frozenset({"org:providers:publish", "org:billing:read"})),
    ),
    "a user of a realm without roles": (DEFAULT, USER),
    "a key without scopes": (DEFAULT, replace(KEY, scopes=frozenset())),
    "a key with the scope": (DEFAULT, replace(KEY, scopes=frozenset({"billing:read", "providers:publish"}))),
    "an impersonated admin where that is allowed": (
        PublishPolicy(allow_impersonation=True),
        replace(USER, role="admin", impersonator="user_9"),
    ),
}

REFUSED: dict[str, tuple[PublishPolicy, Customer, str]] = {
    "a member": (DEFAULT, replace(USER, role="member"), "the role admin"),
    "a user without a role": (DEFAULT, replace(USER, role=""), "the role admin"),
    "a role that contains the right one": (DEFAULT, replace(USER, role="billing_admin"), "the role admin"),
    "an admin where only publishers may": (
        PublishPolicy(roles=frozenset({"publisher"})),
        replace(USER, role="admin"),
        "the role publisher",
    ),
    "a permission that is not enough": (
        PublishPolicy(permissions=frozenset({"org:providers:publish"})),
        replace(USER, role="member", permissions=frozenset({"org:providers:read"})),
        "the role admin or the permission org:providers:publish",
    ),
    "a key with another scope": (DEFAULT, replace(KEY, scopes=frozenset({"billing:read"})), "providers:publish"),
    "a key without scopes where they are required": (
        PublishPolicy(allow_unscoped_keys=False),
        replace(KEY, scopes=frozenset()),
        "providers:publish",
    ),
    "an impersonated admin": (DEFAULT, replace(USER, role="admin", impersonator="user_9"), "impersonated"),
    "an impersonated member where impersonation is allowed": (
        PublishPolicy(allow_impersonation=True),
        replace(USER, role="member", impersonator="user_9"),
        "the role admin",
    ),
}


@pytest.mark.parametrize(("policy", "customer"), ADMITTED.values(), ids=ADMITTED)
def test_these_may_publish(policy: PublishPolicy, customer: Customer) -> None:
    policy.admit(customer)


@pytest.mark.parametrize(("policy", "customer", "sentence"), REFUSED.values(), ids=REFUSED)
def test_these_may_not_and_learn_what_is_missing(policy: PublishPolicy, customer: Customer, sentence: str) -> None:
    with pytest.raises(PublishForbiddenError, match=sentence):
        policy.admit(customer)


@pytest.mark.parametrize(
    ("changes", "actor"), [({}, "user_1"), ({"impersonator": "user_9"}, "user_1 impersonated by user_9")]
)
def test_what_is_recorded_names_the_person_who_acts(changes: dict[str, Any], actor: str) -> None:
    assert replace(USER, **changes).actor == actor
