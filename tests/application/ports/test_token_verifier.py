"""What every verifier of tokens does, of machines and of customers alike, whoever issues them."""

from collections.abc import AsyncIterator

import pytest

from adapters.memory.token_verifiers import InMemoryCustomerVerifier, InMemoryTokenVerifier
from domain.customers import Customer
from domain.registrants import ConsoleMachine
from provider_registry_testing.token_verifier import RevocationContract, TokenAuthority, TokenVerifierContract
from tests.support import clerk_authorities as authorities
from tests.support.clerk import a_realm
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
async def authority(request: pytest.FixtureRequest) -> AsyncIterator[TokenAuthority]:
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


class TestVerifiers(TokenVerifierContract):
    pass


@pytest.mark.parametrize("authority", REVOCABLE, indirect=True)
class TestVerifiersThatAsk(RevocationContract):
    pass
