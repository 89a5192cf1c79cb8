"""Every answer has what the platform's published SDKs require of it, generation by generation.

A client rejects a whole answer for one member that is missing, null or outside of its enumeration.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Literal

import msgspec
import pytest

from domain.customers import Customer, Organization
from domain.registrants import ConsoleMachine
from entrypoints.bootstrap import MemoryAdapters
from tests.builders import MACHINE_ID, NOW
from tests.entrypoints.http.conftest import ROUTE, Service, serving

ACME = Organization(id="org_acme", name="Acme Inc.", slug="acme", created_at=NOW, updated_at=NOW)
CALLERS = [
    Customer(id="user_ann", user_id="user_ann", organization_id=ACME.id, organization_slug=ACME.slug),
    Customer(id="ak_key_1", user_id=None, organization_id=ACME.id, organization_slug=ACME.slug),
]


class Caller(msgspec.Struct):
    user_id: str
    organization_id: str
    email: str | None = None
    organization_name: str | None = None


class _Organization(msgspec.Struct, kw_only=True):
    organization_id: str
    name: str
    slug: str
    created_at: datetime
    updated_at: datetime


class OrganizationBefore6(_Organization, kw_only=True):
    status: Literal["active", "deactivating", "deleted"]


class OrganizationFrom6(_Organization, kw_only=True):
    status: Literal["bootstrapping", "ready", "bootstrap_failed", "deactivating", "deleted"]


class AuthorBefore1Dot4(msgspec.Struct, kw_only=True):
    organization_id: str
    org_name: str


class AuthorFrom2(msgspec.Struct, kw_only=True):
    kind: Literal["customer", "platform"]
    display_name: str
    organization_id: str | None = None


class AuthorFrom9(msgspec.Struct, kw_only=True):
    organization_id: str
    display_name: str


class _Provider(msgspec.Struct, kw_only=True):
    prefix: str
    name: str
    display_name: str
    description: str
    scope: Literal["public", "tenant"] = "public"
    icon_url: str | None = None
    readme: str | None = None
    tags: list[str]
    latest_version: str | None = None
    install_count: int
    created_at: datetime
    updated_at: datetime


class ProviderBefore1Dot4(_Provider, kw_only=True):
    author: AuthorBefore1Dot4
    trust_tier: Literal["official", "verified", "community"]


class ProviderFrom2(_Provider, kw_only=True):
    author: AuthorFrom2


class ProviderFrom9(_Provider, kw_only=True):
    author: AuthorFrom9


class PageBefore1Dot4(msgspec.Struct):
    items: list[ProviderBefore1Dot4]
    total: int
    limit: int
    offset: int


class PageFrom2(msgspec.Struct):
    items: list[ProviderFrom2]
    total: int
    limit: int
    offset: int


class PageFrom9(msgspec.Struct):
    items: list[ProviderFrom9]
    total: int
    limit: int
    offset: int


class _Version(msgspec.Struct, kw_only=True):
    prefix: str
    name: str
    version: str
    schemas: list[dict[str, Any]] | None = None
    changelog: str | None = None
    published_at: datetime | None = None
    error_message: str | None = None
    wheel_sha256: str | None = None
    package_name: str | None = None
    entrypoint: list[str] | None = None
    created_at: datetime
    updated_at: datetime


class VersionBefore1Dot4(_Version, kw_only=True):
    provider_name: str
    runtime_version: str
    status: Literal["building", "published", "failed", "yanked"]


class VersionFrom2(_Version, kw_only=True):
    runtime_version: str
    status: Literal["building", "published", "failed", "yanked"]


class VersionFrom16(_Version, kw_only=True):
    distribution_name: str
    wheel_filename: str | None = None
    status: Literal["awaiting_wheel", "staged", "queued", "admitting", "promoting", "published", "failed"]


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """Serve the realm with one first-party provider, which has a yanked version beside a good one."""
    async with serving(MemoryAdapters(), customer_realm=True) as service:
        service.adapters.customer_directory.add_organization(ACME)
        service.adapters.customer_directory.add_user("user_ann", None)
        await service.publish(schemas={"bucket": {"config_schema": {"type": "object"}}})
        yield service


def act_for(service: Service, customer: Customer) -> None:
    service.token = service.adapters.customer_verifier.issue(customer)


async def read(service: Service, path: str) -> bytes:
    response = await service.client.get(path, headers=service.authorised())
    assert response.status_code == 200, response.text
    return response.content


@pytest.mark.parametrize("customer", CALLERS)
async def test_every_sdk_reads_who_it_is_and_for_which_organisation(service: Service, customer: Customer) -> None:
    act_for(service, customer)

    caller = msgspec.json.decode(await read(service, "/auth/me"), type=Caller)
    older = msgspec.json.decode(
        await read(service, f"/organizations/{caller.organization_id}"), type=OrganizationBefore6
    )
    newer = msgspec.json.decode(await read(service, "/organizations/me"), type=OrganizationFrom6)

    assert caller.user_id == customer.id
    assert (older.organization_id, newer.organization_id) == (ACME.id, ACME.id)


@pytest.mark.parametrize("kind", [PageFrom2, PageFrom9])
async def test_every_sdk_reads_a_catalog_of_first_party_customer_and_unnamed_providers(
    service: Service, kind: type[PageFrom2 | PageFrom9]
) -> None:
    stranger = Customer(id="user_eve", user_id="user_eve", organization_id="org_unknown", organization_slug="eve")
    for customer in (*CALLERS, stranger):
        act_for(service, customer)
        name = f"{customer.organization_slug}/{customer.id.replace('_', '-')}"
        registered = await service.client.post(
            "/provider-versions",
            json=service.upload(name=name, distribution=f"tools_of_{customer.organization_slug}"),
            headers=service.authorised(),
        )
        assert registered.status_code == 201, registered.text

    page = msgspec.json.decode(await read(service, "/providers?limit=20&offset=0&scope=public&tags=cloud"), type=kind)

    assert [(item.prefix, item.author.organization_id, item.author.display_name) for item in page.items] == [
        ("acme", "org_acme", "Acme Inc."),
        ("acme", "org_acme", "Acme Inc."),
        ("eve", "org_unknown", "eve"),
        ("platform", "platform", "Platform"),
    ]


async def test_sdks_before_1_4_read_whether_a_provider_is_official(service: Service) -> None:
    act_for(service, CALLERS[0])
    await service.client.post(
        "/provider-versions",
        json=service.upload(name="acme/storage", distribution="acme_storage"),
        headers=service.authorised(),
    )

    page = msgspec.json.decode(await read(service, "/providers"), type=PageBefore1Dot4)

    assert [(item.prefix, item.trust_tier, item.author.org_name) for item in page.items] == [
        ("acme", "community", "Acme Inc."),
        ("platform", "official", "Platform"),
    ]


@pytest.mark.parametrize("kind", [VersionBefore1Dot4, VersionFrom2, VersionFrom16])
async def test_every_sdk_reads_a_version_wherever_it_is_shown(
    service: Service, kind: type[VersionBefore1Dot4 | VersionFrom2 | VersionFrom16]
) -> None:
    body = service.upload("1.0.1")
    dry_run = await service.client.post(f"{ROUTE}?dry_run=true", json=body, headers=service.authorised())
    answers = [dry_run.json()["version"]]
    answers += [(await service.post(body)).json() for _ in range(2)]
    for path in ("/1.0.1", "/latest", "/1.0.1/status"):
        answers.append(msgspec.json.decode(await read(service, f"/providers/platform/gcp/versions{path}")))
    answers += msgspec.json.decode(await read(service, "/providers/platform/gcp/versions"))
    yank = "/console/providers/platform/gcp/versions/1.0.0/yank"
    await service.client.put(yank, json={"reason": "broken"}, headers=service.authorised())
    answers.append((await service.client.delete(yank, headers=service.authorised())).json())

    read_answers = [msgspec.convert(answer, kind) for answer in answers]

    assert len(read_answers) == 9
    assert {answer["distribution_name"] for answer in answers} == {"pragmatiks-gcp-provider"}
    assert {answer["provider_name"] for answer in answers} == {"platform/gcp"}


async def test_sdks_before_16_read_a_yanked_version_too(service: Service) -> None:
    service.token = service.adapters.verifier.issue(ConsoleMachine(MACHINE_ID))
    yanked = await service.client.put(
        "/console/providers/platform/gcp/versions/1.0.0/yank", json={"reason": "broken"}, headers=service.authorised()
    )

    assert msgspec.convert(yanked.json(), VersionFrom2).status == "yanked"
    assert msgspec.convert(yanked.json(), _Version).version == "1.0.0"
