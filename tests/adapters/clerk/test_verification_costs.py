"""Made-up tokens and keys cost a bounded number of calls, and take nothing from good ones."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import anyio
import pytest

from adapters.clerk.customers import ClerkCustomers
from adapters.clerk.machine_tokens import ClerkTokenVerifier
from adapters.clerk.verification_limits import DEFAULT_BOUNDS, VerificationBounds
from adapters.memory.observer import InMemoryObserver
from application.errors import NotAuthenticatedError, TokenAuthorityUnavailableError
from entrypoints.development.clerk.faults import Paused
from tests.support.clerk import Realm, Verifier, a_realm, refusal_reason
from tests.support.clerk_customers import VERIFY_KEY_PATH, a_customer_realm

pytestmark = pytest.mark.hostile

VERIFY_PATH = "/v1/m2m_tokens/verify"
BOUNDS = VerificationBounds(at_once=4, at_once_unknown=2, failures=5, window=60)
Open = Callable[[VerificationBounds, InMemoryObserver], Awaitable[tuple[Verifier, str, str, Callable[[], int]]]]


@pytest.fixture(params=["machine tokens", "API keys"])
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    """A verifier, a good secret, the prefix of bad ones, and how often Clerk was asked."""
    async with AsyncExitStack() as stack:

        async def machines(bounds: VerificationBounds, observer: InMemoryObserver) -> tuple[object, ...]:
            realm = stack.enter_context(a_realm())
            verifier = ClerkTokenVerifier(
                realm.settings(), realm.clock, monotonic=realm.clock.monotonic, observer=observer, bounds=bounds
            )
            good = realm.clerk.mint(realm.sender)
            return await stack.enter_async_context(verifier), good, "mt_", lambda: realm.clerk.count(VERIFY_PATH)

        async def keys(bounds: VerificationBounds, observer: InMemoryObserver) -> tuple[object, ...]:
            realm = stack.enter_context(a_customer_realm())
            customers = ClerkCustomers(
                realm.settings(), realm.clock, monotonic=realm.clock.monotonic, observer=observer, bounds=bounds
            )
            good = realm.clerk.create_api_key(realm.organization.id)
            await stack.enter_async_context(customers)
            return customers.verifier, good, "ak_", lambda: realm.clerk.count(VERIFY_KEY_PATH)

        yield machines if request.param == "machine tokens" else keys  # type: ignore[misc]  # both return what Open says


async def test_a_refusal_is_remembered(opened: Open) -> None:
    observer = InMemoryObserver()
    verifier, _, prefix, asked = await opened(DEFAULT_BOUNDS, observer)
    for _ in range(10):
        assert await refusal_reason(verifier, f"{prefix}made_up") == "unknown token"
    assert asked() == 1
    assert observer.declined == ["refused_before"] * 9


async def test_made_up_secrets_are_declined_once_their_budget_is_spent_and_good_ones_are_not(opened: Open) -> None:
    observer = InMemoryObserver()
    verifier, good, prefix, asked = await opened(BOUNDS, observer)
    await verifier.verify(good)
    before = asked()
    for number in range(20):
        with pytest.raises((NotAuthenticatedError, TokenAuthorityUnavailableError)):
            await verifier.verify(f"{prefix}{number}")
    assert asked() - before == BOUNDS.failures
    assert observer.declined == ["budget_spent"] * 15
    await verifier.verify(good)


@pytest.fixture
def realm() -> Iterator[Realm]:
    with a_realm() as realm:
        yield realm


@pytest.fixture
async def verifier(realm: Realm) -> AsyncIterator[ClerkTokenVerifier]:
    async with ClerkTokenVerifier(
        realm.settings(), realm.clock, monotonic=realm.clock.monotonic, bounds=BOUNDS
    ) as verifier:
        yield verifier


async def test_a_budget_comes_back_with_the_next_window(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    for number in range(BOUNDS.failures):
        await refusal_reason(verifier, f"mt_{number}")
    new = realm.clerk.mint(realm.sender)
    with pytest.raises(TokenAuthorityUnavailableError) as declined:
        await verifier.verify(new)
    assert declined.value.retry_after is not None
    assert 0 < declined.value.retry_after <= BOUNDS.window + 1
    realm.clock.advance(BOUNDS.window)
    assert await verifier.verify(new) == realm.sender_as_machine


async def test_a_remembered_refusal_is_forgotten_after_a_while(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    await refusal_reason(verifier, "mt_made_up")
    realm.clock.advance(BOUNDS.refusal_lifetime)
    await refusal_reason(verifier, "mt_made_up")
    assert realm.clerk.count(VERIFY_PATH) == 2


async def test_slow_verifications_of_made_up_tokens_leave_places_to_good_ones_and_connections_to_keys(
    realm: Realm, verifier: ClerkTokenVerifier
) -> None:
    good, signed = realm.clerk.mint(realm.sender), realm.clerk.mint(realm.sender, format="jwt")
    await verifier.verify(good)
    paused = [Paused() for _ in range(BOUNDS.at_once_unknown)]
    for each in paused:
        realm.clerk.faults.next(each)
    async with anyio.create_task_group() as group:
        for number in range(BOUNDS.at_once_unknown):
            group.start_soon(refusal_reason, verifier, f"mt_{number}")
        for each in paused:
            await anyio.to_thread.run_sync(each.arrived.wait)
        with pytest.raises(TokenAuthorityUnavailableError):
            await verifier.verify("mt_one_more")
        assert await verifier.verify(good) == realm.sender_as_machine
        assert await verifier.verify(signed) == realm.sender_as_machine
        realm.clerk.faults.clear()
