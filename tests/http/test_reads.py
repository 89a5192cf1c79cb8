"""Public reads, health and the API's description."""

import pytest

from domain.errors import StoreUnavailableError
from tests.http.conftest import Service

GCP = "/providers/platform/gcp/versions"


async def test_versions_are_a_bare_list_newest_first_without_schemas(service: Service) -> None:
    for version, semver in (("1.0.0", None), ("1.10.0", None), ("1.2.0", None), ("2.0.0rc1", "2.0.0-rc.1")):
        await service.publish(version, version=semver or version, schemas={"bucket": {}})

    versions = (await service.client.get(GCP)).json()

    assert [version["version"] for version in versions] == ["2.0.0-rc.1", "1.10.0", "1.2.0", "1.0.0"]
    assert {version["schemas"] for version in versions} == {None}


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
        *(200, 201, 400, 401, 403, 408, 409, 413, 415, 422, 429, 502, 503, 504)
    }
    problems = [answer for status, answer in operation["responses"].items() if int(status) >= 400]
    assert all("examples" in answer["content"]["application/problem+json"] for answer in problems)


async def test_the_api_has_a_page(service: Service) -> None:
    page = await service.client.get("/schema")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
