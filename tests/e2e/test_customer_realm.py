"""Customers register through the real server, with tokens and keys of a realm of their own."""

from collections.abc import Iterator

import httpx
import pytest

from entrypoints.development.clerk.fake_clerk import FakeClerk
from tests.e2e.conftest import Stack


@pytest.fixture
def customers() -> Iterator[FakeClerk]:
    with FakeClerk() as realm:
        yield realm


def test_an_organisations_key_registers_and_reads_who_it_is(stack: Stack, customers: FakeClerk) -> None:
    organization = customers.add_organization(slug="acme", name="Acme Inc.")
    key = customers.create_api_key(organization.id)
    settings = {
        "REGISTRY_CUSTOMER_CLERK_ISSUER": customers.issuer,
        "REGISTRY_CUSTOMER_CLERK_API_URL": customers.url,
        "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": customers.secret_key,
    }
    with stack.server(**settings) as process:
        stack.wait_until_ready(process)
        body = stack.upload(name="acme/gcp")
        with httpx.Client(base_url=stack.url, headers=stack.headers(key), trust_env=False, timeout=30) as client:
            first, again = (client.post("/provider-versions", json=body) for _ in range(2))
            me = client.get("/auth/me").json()
            active = client.get("/organizations/me").json()
            shown = client.get("/providers/acme/gcp").json()
            crossed = client.post("/console/provider-versions", json=body)
        machine = httpx.post(
            f"{stack.url}/provider-versions", json=body, headers=stack.headers(), trust_env=False, timeout=30
        )

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json()["canonical"] == "acme/gcp"
    assert me["organization_id"] == active["organization_id"] == organization.id
    assert me["user_id"] == first.json()["registered_by"] != key
    assert shown["author"] == {
        "kind": "customer",
        "organization_id": organization.id,
        "display_name": "Acme Inc.",
        "org_name": "Acme Inc.",
    }
    assert (crossed.status_code, machine.status_code) == (401, 401)


def test_without_its_settings_the_realm_is_off(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)

        assert stack.get("/auth/me").status_code == 404
