"""Who may publish for an organisation, and what customers do to their own versions."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from httpx import Response

from domain.customers import Customer, Organization, PublishPolicy
from domain.registrants import ConsoleMachine
from entrypoints.bootstrap import MemoryAdapters
from tests.builders import MACHINE_ID, NOW
from tests.entrypoints.http.conftest import Service, serving

ACME = Organization(id="org_acme", name="Acme Inc.", slug="acme", created_at=NOW, updated_at=NOW)
ADMIN = Customer(id="user_ann", user_id="user_ann", organization_id=ACME.id, organization_slug=ACME.slug, role="admin")
SUPPORT = replace(ADMIN, impersonator="user_support")
MEMBER = replace(ADMIN, id="user_bob", user_id="user_bob", role="member")
BILLING_KEY = replace(ADMIN, id="ak_1", user_id=None, role=None, scopes=frozenset({"billing:read"}))
YANK = "/providers/acme/gcp/versions/1.0.0/yank"


@pytest.fixture
async def customers() -> AsyncIterator[Service]:
    async with serving(MemoryAdapters(), customer_realm=True) as service:
        service.adapters.customer_directory.add_organization(ACME)
        act_as(service, ADMIN)
        yield service


def act_as(service: Service, customer: Customer) -> None:
    service.token = service.adapters.customer_verifier.issue(customer)


async def register(service: Service, name: str = "acme/gcp", **changes: Any) -> Response:
    body = service.upload(name=name, **changes)
    return await service.client.post("/provider-versions", json=body, headers=service.authorised())


async def yank(service: Service, route: str = YANK) -> Response:
    return await service.client.put(route, json={"reason": "Deletes buckets."}, headers=service.authorised())


async def restore(service: Service, route: str = YANK) -> Response:
    return await service.client.delete(route, headers=service.authorised())


async def history(service: Service) -> Any:
    return (await service.client.get("/providers/acme/gcp/versions/1.0.0/history")).json()


@pytest.mark.parametrize("customer", [MEMBER, BILLING_KEY, SUPPORT], ids=["member", "key", "impersonated"])
async def test_who_may_not_publish_may_not_register_yank_restore_or_try(customers: Service, customer: Customer) -> None:
    assert (await register(customers)).status_code == 201
    act_as(customers, customer)

    answers = [
        await register(customers, version="2.0.0"),
        await customers.client.post(
            "/provider-versions?dry_run=true", json=customers.upload(name="acme/gcp"), headers=customers.authorised()
        ),
        await yank(customers),
        await restore(customers),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "publish_forbidden")] * 4
    assert [event["action"] for event in await history(customers)] == ["published"]


async def test_who_may_not_publish_is_refused_before_the_body_is_read(customers: Service) -> None:
    act_as(customers, MEMBER)

    answer = await customers.client.post("/provider-versions", content=b"{", headers=customers.authorised())

    assert (answer.status_code, answer.json()["code"]) == (403, "publish_forbidden")


async def test_a_member_still_reads_who_it_is(customers: Service) -> None:
    act_as(customers, MEMBER)

    assert (await customers.client.get("/auth/me", headers=customers.authorised())).status_code == 200


async def test_impersonation_is_recorded_where_it_is_allowed() -> None:
    policy = PublishPolicy(allow_impersonation=True)
    async with serving(MemoryAdapters(), customer_realm=True, publish_policy=policy) as service:
        service.adapters.customer_directory.add_organization(ACME)
        act_as(service, SUPPORT)

        registered = await register(service)
        await yank(service)
        await restore(service)

        actor = "user_ann impersonated by user_support"
        assert registered.json()["registered_by"] == actor
        assert [event["actor"] for event in await history(service)] == [actor] * 3


async def test_a_customer_yanks_and_restores_its_own_version(customers: Service) -> None:
    await register(customers)

    yanked = await yank(customers)
    repeated = await yank(customers)
    latest = await customers.client.get("/providers/acme/gcp/versions/latest")
    restored = await restore(customers)

    assert (yanked.status_code, yanked.json()["status"]) == (200, "yanked"), yanked.text
    assert yanked.json()["yanked_reason"] == "Deletes buckets."
    assert repeated.json() == yanked.json()
    assert latest.status_code == 404
    assert (restored.status_code, restored.json()["status"]) == (200, "published")
    assert [event["actor"] for event in await history(customers)] == ["user_ann"] * 3


async def test_a_customer_yanks_nothing_of_others(customers: Service) -> None:
    await register(customers)
    customers.token = customers.adapters.verifier.issue(ConsoleMachine(MACHINE_ID))
    await customers.publish()
    eve = replace(ADMIN, id="user_eve", user_id="user_eve", organization_id="org_eve", organization_slug="eve")
    heir = replace(eve, organization_slug="acme")

    for customer, provider in ((eve, "acme/gcp"), (heir, "acme/gcp"), (ADMIN, "platform/gcp"), (ADMIN, "eve/absent")):
        act_as(customers, customer)
        route = f"/providers/{provider}/versions/1.0.0/yank"
        for answer in (await yank(customers, route), await restore(customers, route)):
            assert (answer.status_code, answer.json()["code"]) == (403, "namespace_forbidden"), provider

    for provider in ("acme/gcp", "platform/gcp"):
        version = (await customers.client.get(f"/providers/{provider}/versions/1.0.0")).json()
        assert version["status"] == "published"


async def test_a_version_that_is_not_there_is_404(customers: Service) -> None:
    answers = [await yank(customers), await restore(customers)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "version_not_found")] * 2


async def test_each_realm_yanks_on_its_own_route(customers: Service) -> None:
    await register(customers)

    assert (await yank(customers, f"/console{YANK}")).status_code == 401
    customers.token = customers.adapters.verifier.issue(ConsoleMachine(MACHINE_ID))
    assert (await yank(customers)).status_code == 401


async def test_without_the_customer_realm_there_is_no_such_route() -> None:
    async with serving(MemoryAdapters()) as service:
        assert (await yank(service)).status_code == 404
