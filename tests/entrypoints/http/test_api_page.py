"""The page of the API: all of it served from here, and no script."""

import re

import pytest

from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.middleware.security_headers import PROTECTION
from entrypoints.http.openapi.document import operations
from tests.entrypoints.http.conftest import Service, serving


async def test_the_page_shows_every_operation_and_every_object_of_the_document(service: Service) -> None:
    page = (await service.client.get("/schema")).text
    document = (await service.client.get("/schema/openapi.json")).json()

    for path, method, operation in operations(document):
        assert f'id="{operation["operationId"]}"' in page
        assert f"<code>{method.upper()} {path}</code>" in page
        for status in operation["responses"]:
            assert f'<th scope="row">{status}</th>' in page
    ids, links = set(re.findall(r' id="([^"]+)"', page)), set(re.findall(r'href="#([^"]+)"', page))
    assert links - ids == set()
    assert {f"object-{name}" for name in ("RegistrationBody", "ProviderVersionView", "ProblemView")} <= ids
    assert "<h3>Provider version <code>ProviderVersionView</code></h3>" in page


async def test_the_page_loads_nothing_but_the_stylesheet_and_runs_nothing(service: Service) -> None:
    answer = await service.client.get("/schema")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == PROTECTION["Content-Security-Policy"]
    assert re.findall(r"<(?:script|img|iframe|object|embed|style)\b", answer.text) == []
    assert re.findall(r'\b(?:src|srcset|action|poster)="', answer.text) == []
    assert [link for link in re.findall(r'<link [^>]*href="([^"]+)"', answer.text) if not link.startswith("/")] == []
    assert len(answer.text) < 400_000


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
