"""What every verifier of tokens does, of machines and of customers alike, whoever issues them."""

from collections.abc import AsyncIterator

import pytest

from adapters.memory.customer_verifier import InMemoryCustomerVerifier
from adapters.memory.token_verifier import InMemoryTokenVerifier
from application.errors import NotAuthenticatedError, TokenAuthorityUnavailableError
from domain.customers import Customer
from domain.machines import ConsoleMachine
from tests.support import clerk_authorities as authorities
from tests.support.clerk import a_realm
from tests.support.clerk_authorities import Authority
from tests.support.clerk_customers import a_customer_realm

IN_MEMORY = {
    "memory": lambda: authorities.in_memory(InMemoryTokenVerifier(), ConsoleMachine("mch_release"), "mt_never_issued"),
    "memory-customers": lambda: authorities.in_memory(
        InMemoryCustomerVerifier(),
        Customer(id="user_1", user_id="user_1", organization_id="org_1", organization_slug="acme"),
        "mt_never_issued",
        "ak_never_issued",
    ),
}
MACHINES = ["clerk-opaque", "clerk-jwt"]
CUSTOMERS = ["clerk-sessions", "clerk-api-keys"]
REVOCABLE = [*IN_MEMORY, "clerk-opaque", "clerk-api-keys"]


@pytest.fixture(params=[*IN_MEMORY, *MACHINES, *CUSTOMERS])
async def authority(request: pytest.FixtureRequest) -> AsyncIterator[Authority]:
    if request.param in IN_MEMORY:
        yield IN_MEMORY[request.param]()
    elif request.param in MACHINES:
        with a_realm() as realm, a_realm() as other:
            async with realm.verifier() as verifier:
                if request.param == "clerk-opaque":
                    yield authorities.machines(realm, verifier, "opaque", other.clerk.mint(other.sender))
                else:
                    yield authorities.machines(realm, verifier, "jwt", other.clerk.mint(other.sender, format="jwt"))
    else:
        with a_customer_realm() as realm_of_customers, a_customer_realm() as other_of_customers:
            async with realm_of_customers.customers() as customers:
                if request.param == "clerk-sessions":
                    unknown = other_of_customers.clerk.session_token(other_of_customers.session)
                    yield authorities.sessions(realm_of_customers, customers.verifier, unknown)
                else:
                    unknown = other_of_customers.clerk.create_api_key(other_of_customers.organization.id)
                    yield authorities.api_keys(realm_of_customers, customers.verifier, unknown)


async def test_a_valid_token_names_its_holder(authority: Authority) -> None:
    assert await authority.verifier.verify(authority.issue()) == authority.holder


async def test_a_token_can_be_used_again(authority: Authority) -> None:
    token = authority.issue()

    assert await authority.verifier.verify(token) == await authority.verifier.verify(token)


async def test_a_token_that_was_never_issued_here_is_refused(authority: Authority) -> None:
    for token in authority.unknown:
        await _assert_refused(authority, token)


@pytest.mark.parametrize(
    "token",
    [
        "",
        " ",
        ".",
        "..",
        "mt_",
        "a.b.c",
        "ak_",
        "ak_0123",
        "ak_\udc80",
        "ak_\x00",
        "ak_" + "x" * 1_000_000,
        "sk_test_1",
        "Bearer",
        "mt_" + "x" * 1_000_000,
        "x" * 5_000_000,
        "\udc80",
        "mt_\udc80",
        "mt_\x00",
        "ключ",
        "a" * 9000 + "." + "b" * 9000 + ".c",
    ],
    ids=lambda token: repr(token[:12]),
)
async def test_text_that_is_no_token_is_refused(authority: Authority, token: str) -> None:
    await _assert_refused(authority, token)


async def test_an_expired_token_is_refused(authority: Authority) -> None:
    token = authority.issue()
    await authority.verifier.verify(token)

    authority.expire(token)

    await _assert_refused(authority, token)


@pytest.mark.parametrize("authority", REVOCABLE, indirect=True)
async def test_a_revoked_token_is_refused_at_once(authority: Authority) -> None:
    token = authority.issue()
    await authority.verifier.verify(token)

    authority.revoke(token)

    await _assert_refused(authority, token)


async def test_nothing_is_known_about_a_token_while_the_authority_is_down(authority: Authority) -> None:
    token = authority.issue()
    authority.go_down()

    with pytest.raises(TokenAuthorityUnavailableError) as refusal:
        await authority.verifier.verify(token)

    assert refusal.value.retry_after is None or refusal.value.retry_after > 0


async def test_a_token_is_good_again_once_the_authority_is_back(authority: Authority) -> None:
    token = authority.issue()
    authority.go_down()
    with pytest.raises(TokenAuthorityUnavailableError):
        await authority.verifier.verify(token)

    authority.come_back()

    assert await authority.verifier.verify(token) == authority.holder


async def _assert_refused(authority: Authority, token: str) -> None:
    with pytest.raises(NotAuthenticatedError) as refusal:
        await authority.verifier.verify(token)
    assert refusal.value.reason
    assert refusal.value.detail == "Not authenticated"
