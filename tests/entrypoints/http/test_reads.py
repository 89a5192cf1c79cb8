"""Public reads, health and the API's description."""

from typing import Any

import pytest

from application.errors import StoreUnavailableError
from entrypoints.http.requests.paging import MAX_ITEMS
from tests.builders import a_version
from tests.entrypoints.http.conftest import Service
from tests.support.stores import put

GCP = "/providers/platform/gcp/versions"


async def test_versions_are_a_bare_list_newest_first_without_schemas(service: Service) -> None:
    for version, semver in (("1.0.0", None), ("1.10.0", None), ("1.2.0", None), ("2.0.0rc1", "2.0.0-rc.1")):
        await service.publish(version, version=semver or version, schemas={"bucket": {}})

    versions = (await service.client.get(GCP)).json()

    assert [version["version"] for version in versions] == ["2.0.0-rc.1", "1.10.0", "1.2.0", "1.0.0"]
    assert {version["schemas"] for version in versions} == {None}


async def test_lists_leave_out_what_is_large(service: Service) -> None:
    schemas = {"bucket": {"config_schema": {"type": "object"}}}
    published = await service.publish(schemas=schemas, changelog="x" * 100_000, outputs_schema={"type": "object"})
    (listed,) = (await service.client.get(GCP)).json()
    left_out = {"schemas", "config_schema", "outputs_schema", "changelog", "project"}
    assert {name for name in listed if listed[name] != published[name]} == left_out - {"config_schema"}
    assert {listed[name] for name in left_out} == {None}


async def pages_of(service: Service, path: str) -> list[list[Any]]:
    """Follow a list from page to page."""
    pages = []
    following: str | None = path
    while following:
        response = await service.client.get(following)
        assert response.status_code == 200
        pages.append(response.json())
        following = response.links.get("next", {}).get("url")
    return pages


async def test_versions_are_read_page_by_page(service: Service) -> None:
    for number in range(5):
        await service.publish(f"1.{number}.0")
    pages = await pages_of(service, f"{GCP}?limit=2")
    assert [[version["version"] for version in page] for page in pages] == [
        ["1.4.0", "1.3.0"],
        ["1.2.0", "1.1.0"],
        ["1.0.0"],
    ]
    assert (await service.client.get(f"{GCP}?cursor=1.0.0")).json() == []


async def test_a_list_is_complete_by_default_only_while_it_is_small(service: Service) -> None:
    await service.publish("0.1.0")
    await put(service.adapters.store, *(a_version(f"1.{minor}.0") for minor in range(MAX_ITEMS)))
    for suffix in ("", "?limit=250"):
        first = await service.client.get(f"{GCP}{suffix}")
        assert len(first.json()) == MAX_ITEMS
    assert [len(page) for page in await pages_of(service, GCP)] == [MAX_ITEMS, 1]
    shown = await service.client.get("/catalog/platform/gcp")
    assert (shown.text.count("/catalog/platform/gcp/1."), "Older versions" in shown.text) == (30, True)
    older = await service.client.get("/catalog/platform/gcp?cursor=1.29.0")
    assert (older.text.count("/catalog/platform/gcp/1."), "Newest versions" in older.text) == (29, True)
    assert "Older versions" not in older.text


async def test_a_history_is_read_page_by_page(service: Service) -> None:
    await service.publish()
    url = "/console/providers/platform/gcp/versions/1.0.0/yank"
    for _ in range(2):
        await service.client.put(url, json={"reason": "broken"}, headers=service.authorised())
        await service.client.delete(url, headers=service.authorised())
    pages = await pages_of(service, f"{GCP}/1.0.0/history?limit=2")
    actions = [[event["action"] for event in page] for page in pages]
    assert actions == [["published", "yanked"], ["restored", "yanked"], ["restored"]]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=251", "limit=x", "cursor=", "cursor=1", "cursor=latest", f"cursor={'1' * 200}"]
)
async def test_a_page_that_cannot_be_is_400_and_says_why(service: Service, query: str) -> None:
    await service.publish()
    refused = await service.client.get(f"{GCP}?{query}")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")
    assert refused.json()["errors"][0]["loc"] == ["query", query.partition("=")[0]]


@pytest.mark.parametrize("suffix", ["", "/status"])
async def test_one_version_is_read_with_its_schemas(service: Service, suffix: str) -> None:
    published = await service.publish(schemas={"bucket": {"config_schema": {"type": "object"}}})

    read = await service.client.get(f"{GCP}/1.0.0{suffix}")

    assert read.status_code == 200
    assert read.json() == published
    assert read.json()["schemas"][0]["config_schema"] == {"type": "object"}


async def test_latest_is_the_highest_stable_version(service: Service) -> None:
    await service.publish("1.9.0")
    await service.publish("1.10.0")
    await service.publish("2.0.0rc1", version="2.0.0-rc.1")

    assert (await service.client.get(f"{GCP}/latest")).json()["version"] == "1.10.0"


async def test_latest_is_a_pre_release_when_there_is_nothing_else(service: Service) -> None:
    await service.publish("2.0.0rc1", version="2.0.0-rc.1")

    assert (await service.client.get(f"{GCP}/latest")).json()["version"] == "2.0.0-rc.1"


async def test_a_version_with_build_metadata_is_found_by_its_path(service: Service) -> None:
    await service.publish("1.0.0+build.7", version="1.0.0+build.7")

    assert (await service.client.get(f"{GCP}/1.0.0+build.7")).json()["version"] == "1.0.0+build.7"
    assert (await service.client.get(f"{GCP}/1.0.0%2Bbuild.7")).json()["version"] == "1.0.0+build.7"


async def test_the_verdict_of_every_check_is_kept_and_shown(service: Service) -> None:
    version = await service.publish(package_name="gcp_provider")

    verdict = (await service.client.get(f"{GCP}/latest/verification")).json()

    assert (verdict["canonical"], verdict["version"], verdict["passed"]) == ("platform/gcp", "1.0.0", True)
    assert verdict["wheel_bytes"] == version["wheel_size"]
    assert verdict["checked_at"] == version["published_at"]
    assert [check["name"] for check in verdict["checks"]] == [
        *("file_name", "download", "digest", "archive", "dist_info", "wheel_format", "metadata"),
        *("record", "entry_points", "package"),
    ]
    assert all(check["passed"] and check["detail"] for check in verdict["checks"])
    assert version["wheel_sha256"] in verdict["checks"][2]["detail"]


async def test_health_answers_without_the_database_and_readiness_does_not(service: Service) -> None:
    assert (await service.client.get("/health")).json() == {"status": "ok"}
    assert (await service.client.get("/health/ready")).status_code == 200

    service.adapters.store.unavailable = True

    assert (await service.client.get("/health")).status_code == 200
    not_ready = await service.client.get("/health/ready")
    assert (not_ready.status_code, not_ready.json()["code"]) == (503, StoreUnavailableError.code)


async def test_the_api_describes_the_body_and_every_answer_of_a_registration(service: Service) -> None:
    document = (await service.client.get("/schema/openapi.json")).json()

    operation = document["paths"]["/console/provider-versions"]["post"]
    media = operation["requestBody"]["content"]["application/json"]
    assert media["schema"]["$ref"].rpartition("/")[2] in document["components"]["schemas"]
    assert media["examples"]
    assert {int(status) for status in operation["responses"]} == {
        *(200, 201, 202, 400, 401, 403, 408, 409, 413, 415, 422, 429, 502, 503, 504)
    }
    problems = [answer for status, answer in operation["responses"].items() if int(status) >= 400]
    assert all("examples" in answer["content"]["application/problem+json"] for answer in problems)


async def test_the_api_has_a_page(service: Service) -> None:
    page = await service.client.get("/schema")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
