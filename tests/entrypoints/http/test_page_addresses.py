"""Other addresses lead to the page that is meant, and what leads nowhere is a page for people."""

import pytest

from entrypoints.bootstrap import MemoryAdapters
from tests.entrypoints.http.conftest import Service, serving
from tests.entrypoints.http.test_pages import read

PROVIDER = "/catalog/platform/gcp"
OTHERS = {
    "/catalog": "/",
    "/catalog?sort=recent&tags=a%20b": "/?sort=recent&tags=a%20b",
    "/catalog/platform": "/?q=platform",
    "/catalog/Platform": "/?q=platform",
    "/platform/gcp": PROVIDER,
    "/platform/GCP": PROVIDER,
    "/catalog/Platform/GCP": PROVIDER,
    f"{PROVIDER}/v1.4.0": f"{PROVIDER}/1.4.0",
    "/catalog/Platform/gcp/v1.4.0/Bucket?a=B": f"{PROVIDER}/1.4.0/Bucket?a=B",
    f"{PROVIDER}/v1.4.0/v1": f"{PROVIDER}/1.4.0/v1",
}


@pytest.mark.parametrize(("address", "meant"), OTHERS.items())
async def test_another_spelling_leads_to_the_page(service: Service, address: str, meant: str) -> None:
    answer = await service.client.get(address, follow_redirects=False)
    assert (answer.status_code in {301, 303}, answer.headers["location"]) == (True, meant)


@pytest.mark.parametrize("address", ["/catalog/Platform/gcp", f"{PROVIDER}/v1.4.0"])
async def test_only_reads_are_led_elsewhere(address: str) -> None:
    origin = "https://console.example.com"
    preflight = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    async with serving(MemoryAdapters(), allowed_origins=[origin]) as service:
        asked = [await service.client.options(address, headers=headers) for headers in ({}, preflight)]
        head = await service.client.head(address, follow_redirects=False)

    assert [(answer.status_code, answer.headers["allow"]) for answer in asked] == [(204, "GET, HEAD, OPTIONS")] * 2
    assert asked[1].headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert head.status_code == 301


async def test_names_that_begin_with_a_v_are_names(service: Service) -> None:
    await service.publish(schemas={"v1/Bucket": {"config_schema": {"type": "object"}}, "vpc": {}})
    for path in (f"{PROVIDER}/1.0.0/v1/Bucket", f"{PROVIDER}/1.0.0/vpc", f"{PROVIDER}/1.0.0", PROVIDER):
        await read(service, path)
    await read(service, f"{PROVIDER}/versions-of-it", 404)


@pytest.mark.hostile
@pytest.mark.parametrize(
    "name", ["%00", "..", "%2e%2e", "a%2Fb", "-", "%0d%0aSet-Cookie:a", "releases.atom", "//evil.example"]
)
async def test_no_address_leads_elsewhere(service: Service, name: str) -> None:
    for path in (f"/catalog/{name}", f"/platform/{name}", f"/catalog/{name}/GCP", f"/catalog/A/{name}/v1"):
        answer = await service.client.get(path, follow_redirects=False)
        assert answer.status_code < 500
        location = answer.headers.get("location", "/")
        assert location.startswith("/")
        assert not location.startswith("//")
        assert "set-cookie" not in answer.headers


async def test_what_is_nowhere_is_a_page_for_browsers_and_a_problem_for_programs(service: Service) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    page = await service.client.get("/nope/nothing", headers=browser)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such page" in page.text
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        answer = await service.client.get("/nope/nothing", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")


async def test_a_name_stands_in_a_sentence_as_it_is_written(service: Service) -> None:
    page = await read(service, "/catalog/platform/nobody", 404)
    assert "platform/nobody has no published version" in page


async def test_browsers_find_an_icon(service: Service) -> None:
    answer = await service.client.get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.text.startswith("<svg ")
