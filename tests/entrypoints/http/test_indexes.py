"""Each namespace has a package index of its own, and none of them shows what another published."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import Response

from domain.customers import Customer
from entrypoints.bootstrap import MemoryAdapters
from tests.entrypoints.http.conftest import Service, serving

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
CERTIFI = "certifi-9999.0.0-py3-none-any.whl"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with serving(MemoryAdapters(), customer_realm=True) as service:
        yield service


async def register(service: Service, name: str, version: str = "1.0.0", **changes: Any) -> Response:
    """Register a customer's version as its organisation."""
    slug = name.partition("/")[0]
    customer = Customer(id="user_a", user_id="user_a", organization_id=f"org_{slug}", organization_slug=slug)
    token = service.adapters.customer_verifier.issue(customer)
    body = service.upload(version, **{"name": name, **changes})
    return await service.client.post("/provider-versions", json=body, headers={"Authorization": f"Bearer {token}"})


async def projects(service: Service, path: str) -> list[str]:
    return [project["name"] for project in (await service.client.get(path, headers=JSON)).json()["projects"]]


async def files(service: Service, path: str) -> list[str]:
    response = await service.client.get(path, headers=JSON)
    if response.status_code == 404:
        assert response.json()["code"] == "distribution_not_found"
        return []
    return [file["filename"] for file in response.json()["files"]]


async def test_a_customers_wheel_is_on_its_own_index_and_not_on_the_platforms(service: Service) -> None:
    await service.publish()
    assert (await register(service, "acme/a", "9999.0.0", distribution="certifi")).status_code == 201

    assert await projects(service, "/simple/") == ["pragmatiks-gcp-provider"]
    assert await files(service, "/simple/certifi/") == []
    assert await projects(service, "/simple/~acme/") == ["certifi"]
    for address in ("/simple/~acme/certifi/", "/simple/acme/certifi/"):
        assert await files(service, address) == [CERTIFI]
    assert await files(service, "/simple/~other/certifi/") == []


@pytest.mark.parametrize("slug", ["certifi", "pragmatiks-gcp-provider", "acme_a", "a--b", "0"])
async def test_no_namespace_is_where_a_project_of_the_platform_could_be(service: Service, slug: str) -> None:
    await register(service, f"{slug}/a", distribution="acme_tools")

    assert (await service.client.get(f"/simple/{slug}/", headers=JSON)).status_code in {301, 404}
    await service.publish()
    assert await projects(service, "/simple/") == ["pragmatiks-gcp-provider"]
    assert await files(service, "/simple/pragmatiks-gcp-provider/") == [
        "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
    ]
    assert await projects(service, f"/simple/~{slug}/") == ["acme-tools"]


async def test_a_namespaces_list_leads_to_its_pages(service: Service) -> None:
    await register(service, "acme/a", distribution="acme_tools")
    page = await service.client.get("/simple/~acme/", headers={"Accept": "text/html"})
    [link] = re.findall(r'<a href="([^"]+)">acme-tools</a>', page.text)
    assert await files(service, link) == ["acme_tools-1.0.0-py3-none-any.whl"]
    moved = await service.client.get("/simple/~acme/Acme.Tools/", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, link)


@pytest.mark.parametrize(
    "path", ["/simple/~/", "/simple/~acme/", "/simple/~A/", "/simple/~%00/", "/simple/~acme/x/", "/simple/~~a/x/"]
)
async def test_a_namespace_that_published_nothing_is_not_found(service: Service, path: str) -> None:
    response = await service.client.get(path)
    assert (response.status_code, response.json()["code"]) == (404, "distribution_not_found")


async def test_a_404_of_the_platforms_index_says_where_customers_wheels_are(service: Service) -> None:
    assert "/simple/~{namespace}/" in (await service.client.get("/simple/certifi/")).json()["detail"]


async def test_a_customer_cannot_publish_a_distribution_of_the_platform_or_of_another_customer(
    service: Service,
) -> None:
    await service.publish()
    await register(service, "acme/a", distribution="acme_tools")

    refused = [
        await register(service, "evil/a", "9999.0.0"),
        await register(service, "evil/a", "9999.0.0", distribution="Acme.Tools"),
    ]

    assert [(each.status_code, each.json()["code"]) for each in refused] == [(409, "distribution_conflict")] * 2
    assert "distributions transfer acme-tools --to evil" in refused[1].json()["detail"]
    assert not any("9999" in url.text for url in service.adapters.fetcher.fetches)
    assert (await service.client.get("/simple/~evil/")).status_code == 404
    assert (await service.client.get("/providers/evil/a")).status_code == 404


async def test_a_customer_cannot_block_a_release_of_the_platform(service: Service) -> None:
    squatted = "pragmatiks_aws_provider"
    assert (await register(service, "acme/a", "9.0.0", distribution=squatted)).status_code == 201

    await service.publish(name="platform/aws", distribution=squatted)
    later = await register(service, "acme/a", "9.0.1", distribution=squatted)

    assert (later.status_code, later.json()["code"]) == (409, "distribution_conflict")
    assert await files(service, "/simple/pragmatiks-aws-provider/") == [f"{squatted}-1.0.0-py3-none-any.whl"]
    assert await files(service, "/simple/~acme/pragmatiks-aws-provider/") == [f"{squatted}-9.0.0-py3-none-any.whl"]


async def test_a_repeat_of_a_version_from_before_its_distribution_changed_hands_is_still_200(service: Service) -> None:
    await register(service, "acme/a")
    await service.publish()
    assert (await register(service, "acme/a")).status_code == 200


async def test_runtimes_and_people_read_which_index_has_the_wheel(service: Service) -> None:
    await service.publish()
    await register(service, "acme/a", distribution="acme_tools")

    for provider, path in (("platform/gcp", "/simple/"), ("acme/a", "/simple/~acme/")):
        install = await service.client.get(f"/providers/{provider}/versions/1.0.0/install")
        assert install.json()["index_url"] == path
    page = (await service.client.get("/catalog/acme/a/1.0.0")).text
    assert '<a href="/simple/~acme/acme-tools/">' in page
    assert "explicit = true" in page
    assert "acme-tools = { index = &#34;acme&#34; }" in page or 'acme-tools = { index = "acme" }' in page
    assert "--extra-index-url" in page


async def test_an_index_has_the_configured_address() -> None:
    url = "https://registry.example.com"
    async with serving(MemoryAdapters(), customer_realm=True, public_url=url) as service:
        await register(service, "acme/a")
        install = await service.client.get(
            "/providers/acme/a/versions/latest/install", headers={"Host": "evil.example"}
        )
        assert install.json()["index_url"] == f"{url}/simple/~acme/"
        assert f'url = "{url}/simple/~acme/"' in (await service.client.get("/catalog/acme/a/1.0.0")).text


async def test_a_page_changes_with_its_namespace_only(service: Service) -> None:
    await service.publish()
    await register(service, "acme/a", distribution="acme_tools")
    first = await service.client.get("/simple/~acme/acme-tools/", headers=JSON)
    await service.publish("2.0.0")
    assert (await service.client.get("/simple/~acme/acme-tools/", headers=JSON)).content == first.content
    await register(service, "acme/a", "2.0.0", distribution="acme_tools")
    assert len(await files(service, "/simple/~acme/acme-tools/")) == 2
    assert len(await files(service, "/simple/pragmatiks-gcp-provider/")) == 2
