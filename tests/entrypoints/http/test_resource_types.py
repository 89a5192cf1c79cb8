"""Searching resource types over HTTP."""

from typing import Any

import pytest

from tests.entrypoints.http.conftest import Service
from tests.support.catalogs import SCHEMAS


async def search(service: Service, query: str, status: int = 200) -> dict[str, Any]:
    response = await service.client.get(f"/resource-types{query}")
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json()
    return found


async def names(service: Service, query: str) -> list[str]:
    return [each["resource_type"] for each in (await search(service, query))["items"]]


async def test_what_was_found_names_the_schema_that_it_is_described_by(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    found = await search(service, "?q=bucket")
    assert found == {
        "items": [
            {
                "canonical": "platform/gcp",
                "provider_display_name": "Google Cloud",
                "version": "1.0.0",
                "resource_type": "bucket",
                "description": "A storage bucket.",
                "matching_fields": [],
            }
        ],
        "total": 1,
        "limit": 20,
    }
    [hit] = found["items"]
    schema = f"/providers/{hit['canonical']}/versions/{hit['version']}/schemas/{hit['resource_type']}"
    assert (await service.client.get(schema)).status_code == 200


async def test_fields_find_their_resource_type_and_are_named(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    [hit] = (await search(service, "?q=storage_class"))["items"]
    assert hit["matching_fields"] == ["storage_class"]
    assert await names(service, "?q=tier") == ["cloudsql/database"]


async def test_only_the_latest_version_is_searched(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    await service.publish("2.0.0", schemas={"queue": {}})
    assert (await names(service, "?q=bucket"), await names(service, "?q=queue")) == ([], ["queue"])


async def test_no_more_are_returned_than_were_asked_for_and_all_are_counted(service: Service) -> None:
    await service.publish(schemas={f"bucket{number}": {} for number in range(5)})
    found = await search(service, "?q=bucket&limit=2")
    assert ([each["resource_type"] for each in found["items"]], found["total"]) == (["bucket0", "bucket1"], 5)


@pytest.mark.parametrize(
    "query", ["", "?q=a&limit=0", "?q=a&limit=101", "?q=a&offset=1", "?q=a&q=b", f"?q={'a' * 501}"]
)
async def test_a_query_that_cannot_be_understood_is_refused(service: Service, query: str) -> None:
    problem = await search(service, query, 400)
    assert problem["code"] == "bad_request"


@pytest.mark.hostile
@pytest.mark.parametrize("words", ["%00%27%22", "'", "%F0%9F%92%A5", ":*", "a+b+c+d+e+f+g+h+i+j"])
async def test_odd_words_find_nothing_and_break_nothing(service: Service, words: str) -> None:
    await service.publish(schemas=SCHEMAS)
    assert await names(service, f"?q={words}") == []
