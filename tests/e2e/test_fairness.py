"""Customers who take all they can, and platform releases meanwhile."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from entrypoints.development.clerk.fake_clerk import FakeClerk
from tests.support.slow_host import Gate, SlowHost, trickling
from tests.support.stack import Stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults


@pytest.fixture
def customers() -> Iterator[FakeClerk]:
    with FakeClerk() as realm:
        yield realm


@contextmanager
def dry_runs(stack: Stack, bodies: list[tuple[str, dict[str, Any]]]) -> Iterator[list[Future[httpx.Response]]]:
    """Let customers ask at once, each with a token of its own."""
    with (
        httpx.Client(
            base_url=stack.url, trust_env=False, timeout=60, limits=httpx.Limits(max_connections=None)
        ) as client,
        ThreadPoolExecutor(len(bodies)) as threads,
    ):
        yield [
            threads.submit(
                client.post, "/provider-versions?dry_run=true", json=body, headers={"Authorization": f"Bearer {token}"}
            )
            for token, body in bodies
        ]


@pytest.mark.parametrize(("organizations", "held"), [(1, 4), (20, 12)])
def test_a_platform_release_succeeds_while_customers_hold_all_they_can(
    stack: Stack, slow_host: SlowHost, customers: FakeClerk, organizations: int, held: int
) -> None:
    gate, bodies = Gate(), list[tuple[str, dict[str, Any]]]()
    for number in range(organizations):
        key = customers.create_api_key(customers.add_organization(slug=f"acme-{number}").id)
        for _ in range(60 // organizations):
            announced = slow_host.offer(b"", trickling(gate), f"1.0.{len(bodies)}")
            bodies.append((key, {**announced, "name": f"acme-{number}/gcp"}))
    settings = {
        "REGISTRY_CUSTOMER_CLERK_ISSUER": customers.issuer,
        "REGISTRY_CUSTOMER_CLERK_API_URL": customers.url,
        "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": customers.secret_key,
        "REGISTRY_WHEEL_MIN_BYTES_PER_SECOND": "1",
    }
    with ExitStack() as leaving, stack.server(**settings, **slow_host.settings) as process:
        stack.wait_until_ready(process)
        asked = leaving.enter_context(dry_runs(stack, bodies))
        leaving.callback(gate.opened.set)
        wait_until(lambda: len(slow_host.scripted.requests) == held)
        releases = [stack.post(slow_host.upload(f"2.0.{number}")) for number in range(3)]
        fetched = len(slow_host.scripted.requests)
        leaving.close()

    assert [release.status_code for release in releases] == [201] * 3
    assert fetched == held + len(releases)
    assert {answer.result().json()["code"] for answer in asked} <= {
        "wheel_host_failed",
        "too_many_registrations",
        "too_many_fetches",
        "token_authority_unavailable",  # of sixty keys at once, not all are verified
        "distribution_conflict",  # the platform published the distribution meanwhile
    }
