"""The page of the API: all of it served from here, and no script."""

import re

import pytest

from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.middleware.security_headers import PROTECTION
from entrypoints.http.openapi.document import operations
from tests.entrypoints.http.conftest import Service, serving


async def pages_of(service: Service) -> dict[str, str]:
    """Return the pages to which the first one leads, itself among them, by their paths."""
    found = {"/schema": (await service.client.get("/schema")).text}
    for path in dict.fromkeys(re.findall(r'href="(/schema/(?:operations|objects)/[^"#]+)', found["/schema"])):
        answer = await service.client.get(path)
        assert answer.status_code == 200, path
        found[path] = answer.text
    return found


async def test_the_pages_show_every_operation_and_every_object_of_the_document(service: Service) -> None:
    pages = await pages_of(service)
    document = (await service.client.get("/schema/openapi.json")).json()

    for path, method, operation in operations(document):
        [shown] = [page for page in pages.values() if f'id="{operation["operationId"]}"' in page]
        assert f"<code>{method.upper()} {path}</code>" in shown
        for status in operation["responses"]:
            assert f'<th scope="row">{status}</th>' in shown
    objects = {name for name, schema in document["components"]["schemas"].items() if "properties" in schema}
    assert {path.rpartition("/")[2] for path in pages if "/objects/" in path} == objects


async def test_every_link_within_the_pages_leads_somewhere(service: Service) -> None:
    pages = await pages_of(service)
    targets = {f"{path}#{found}" for path, page in pages.items() for found in re.findall(r' id="([^"]+)"', page)}
    for path, page in pages.items():
        for link in re.findall(r'href="(#[^"]+|/schema/?[^"]*)"', page):
            target = f"{path}{link}" if link.startswith("#") else link
            assert target in targets | {*pages, "/schema/openapi.json"}, path


async def test_every_page_is_small(service: Service) -> None:
    assert {path: len(page.encode()) for path, page in (await pages_of(service)).items() if len(page) > 90_000} == {}


@pytest.mark.parametrize("path", ["operations/nothing", "objects/Nothing", "objects/%00", "operations/../objects"])
async def test_what_is_not_described_is_a_page_that_says_so(service: Service, path: str) -> None:
    answer = await service.client.get(f"/schema/{path}")
    assert answer.status_code == 404


async def test_the_page_loads_nothing_but_the_stylesheet_and_runs_nothing(service: Service) -> None:
    answer = await service.client.get("/schema")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == PROTECTION["Content-Security-Policy"]
    assert re.findall(r"<(?:script|img|iframe|object|embed|style)\b", answer.text) == []
    assert re.findall(r'\b(?:src|srcset|action|poster)="', answer.text) == []
    assert [link for link in re.findall(r'<link [^>]*href="([^"]+)"', answer.text) if not link.startswith("/")] == []


async def test_the_page_and_the_document_are_revalidated(service: Service) -> None:
    for path in ("/schema", "/schema/openapi.json"):
        first = await service.client.get(path)
        again = await service.client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


async def test_the_document_keeps_its_address_and_type(service: Service) -> None:
    answer = await service.client.get("/schema/openapi.json")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vnd.oai.openapi+json")


@pytest.mark.parametrize("path", ["scalar", "swagger", "redoc", "elements", "rapidoc", "openapi.yaml", "raw", "raw/x"])
async def test_no_other_viewer_is_served(service: Service, path: str) -> None:
    for each in (f"/schema/{path}", f"/schema/raw/{path}", "/schema/raw/openapi.json"):
        answer = await service.client.get(each)
        assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")


async def test_routes_that_are_off_are_not_shown(service: Service) -> None:
    alone = (await service.client.get("/schema")).text
    async with serving(MemoryAdapters(), customer_realm=True) as other:
        whole = (await other.client.get("/schema")).text

    assert ("/auth/me" in alone, "/auth/me" in whole) == (False, True)
