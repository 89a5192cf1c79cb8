"""Browsing and searching providers."""

from typing import Any

import pytest

from adapters.memory.clock import ManualClock
from tests.builders import a_wheel
from tests.entrypoints.http.conftest import METADATA, Service


def a_described_wheel(text: str) -> bytes:
    name = "pragmatiks_gcp_provider"
    return a_wheel(
        metadata=f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0.0\n"
        f"Description-Content-Type: text/markdown\n\n{text}\n"
    )


async def search(service: Service, query: str = "") -> dict[str, Any]:
    response = await service.client.get(f"/providers{query}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def publish(service: Service, name: str, **metadata: object) -> None:
    await service.publish(name=f"platform/{name}", metadata={**METADATA, **metadata})


def wait(service: Service, *, seconds: float) -> None:
    assert isinstance(service.adapters.clock, ManualClock)
    service.adapters.clock.advance(seconds=seconds)


async def test_a_provider_is_shown_as_its_metadata_says(service: Service) -> None:
    published = await service.publish(data=a_described_wheel("# Google Cloud"))
    provider = (await service.client.get("/providers/platform/gcp")).json()
    assert provider == {
        "prefix": "platform",
        "name": "gcp",
        "canonical": "platform/gcp",
        **{name: METADATA[name] for name in ("display_name", "description", "tags")},
        "author": {
            "kind": "platform",
            "organization_id": "platform",
            "display_name": "Platform",
            "org_name": "Platform",
        },
        "trust_tier": "official",
        "scope": "public",
        "icon_url": None,
        "readme": "# Google Cloud",
        "latest_version": "1.0.0",
        "install_count": 0,
        "created_at": published["created_at"],
        "updated_at": published["created_at"],
        "released_at": published["published_at"],
    }
    assert (await search(service))["items"] == [provider | {"readme": None}]


async def test_an_unknown_provider_is_not_found(service: Service) -> None:
    for path in ("/providers/platform/gcp", "/providers/platform/UPPER"):
        response = await service.client.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "provider_not_found")


async def test_pages_are_as_long_as_asked_for_and_tell_the_total(service: Service) -> None:
    for name in ("a", "b", "c"):
        await publish(service, name)
    page = await search(service, "?limit=2&offset=1")
    assert [item["name"] for item in page["items"]] == ["b", "c"]
    assert (page["total"], page["limit"], page["offset"]) == (3, 2, 1)
    whole = await search(service)
    assert (whole["total"], whole["limit"], whole["offset"]) == (3, 20, 0)


async def test_the_last_release_comes_first_and_pages_lead_to_each_other(service: Service) -> None:
    for name in ("b", "a", "c"):
        await publish(service, name)
        wait(service, seconds=1)
    await publish(service, "d", tags=["other"])
    names: list[list[str]] = []
    path = "/providers?sort=recent&limit=2&tags=cloud"
    while path:
        response = await service.client.get(path)
        names.append([item["name"] for item in response.json()["items"]])
        assert response.json()["total"] == 3
        path = response.links.get("next", {}).get("url", "")
    assert names == [["c", "a"], ["b"]]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("sort=size", "sort"),
        ("sort=recent&q=gcp", "sort"),
        ("sort=name&q=gcp", "sort"),
        ("sort=recent&offset=1", "offset"),
        ("cursor=2026-01-02T03:04:05.000006Z/platform/gcp", "cursor"),
        ("sort=name&cursor=2026-01-02T03:04:05.000006Z/platform/gcp", "cursor"),
        ("sort=recent&cursor=1.0.0", "cursor"),
        ("sort=recent&cursor=20", "cursor"),
        ("sort=recent&cursor=", "cursor"),
        ("sort=recent&cursor=2026-01-02T03:04:05.000006Z/GCP", "cursor"),
        ("sort=recent&cursor=2026-01-02T03:04:05.000006%2B14:00/platform/gcp", "cursor"),
        ("sort=recent&cursor=0000-01-02T03:04:05.000006Z/platform/gcp", "cursor"),
        ("sort=recent&cursor=" + "x" * 301, "cursor"),
    ],
)
async def test_an_order_and_a_place_that_do_not_fit_are_refused_by_name(
    service: Service, query: str, place: str
) -> None:
    response = await service.client.get(f"/providers?{query}")
    problem = response.json()
    assert (response.status_code, problem["code"]) == (400, "bad_request")
    assert [error["loc"] for error in problem["errors"]] == [["query", place]]
    assert (await service.client.get(f"/?{query}")).status_code == 400


@pytest.mark.parametrize("cursor", ["0001-01-01T00:00:00.0Z/platform/gcp", "9999-12-31T23:59:59.999999Z/platform/gcp"])
async def test_a_place_before_or_after_everything_is_one(service: Service, cursor: str) -> None:
    await publish(service, "a")
    found = await search(service, f"?sort=recent&cursor={cursor}")
    assert (len(found["items"]), found["total"]) == (cursor > "1", 1)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?q=", ["a", "b"]),
        ("?q=%20", ["a", "b"]),
        ("?q=azure", ["b"]),
        ("?q=azurre", ["b"]),
        ("?q=%00%27%22", []),
        ("?q=nothing", []),
        ("?tags=cloud", ["a", "b"]),
        ("?tags=cloud&tags=microsoft", ["b"]),
        ("?tags=cloud,%20microsoft", ["b"]),
        ("?tags=", ["a", "b"]),
        ("?q=b&tags=unknown", []),
    ],
)
async def test_words_and_tags_choose(service: Service, query: str, names: list[str]) -> None:
    await publish(service, "a")
    await publish(service, "b", display_name="Azure", tags=["cloud", "microsoft"])
    assert [item["name"] for item in (await search(service, query))["items"]] == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?scope=public", ["a"]),
        ("?scope=public&q=a", ["a"]),
        ("?scope=public&scope=tenant", ["a"]),
        ("?scope=tenant", []),
        ("?scope=tenant&q=a", []),
    ],
)
async def test_every_provider_is_public_and_none_is_a_tenants(service: Service, query: str, names: list[str]) -> None:
    await publish(service, "a")

    found = await search(service, query)

    assert [item["name"] for item in found["items"]] == names
    assert (found["total"], found["limit"], found["offset"]) == (len(names), 20, 0)


@pytest.mark.parametrize("scope", ["", "PUBLIC", "private", "public,tenant", "%00"])
async def test_another_scope_is_refused_with_the_one_that_there_is(service: Service, scope: str) -> None:
    for query in (f"scope={scope}", f"scope=public&scope={scope}"):
        problem = (await service.client.get(f"/providers?{query}")).json()

        assert (problem["status"], problem["code"]) == (400, "bad_request")
        assert problem["detail"] == "scope: send public, or leave it out"
        assert [error["loc"] for error in problem["errors"]] == [["query", "scope"]]


@pytest.mark.parametrize(
    "name", ["trust_tier", "sorted", "order", "prefix", "query", "tag", "Q", "a%1b%5b31m", "x" * 900]
)
async def test_a_parameter_that_would_be_ignored_is_refused_by_its_name(service: Service, name: str) -> None:
    problem = (await service.client.get(f"/providers?q=gcp&{name}=official")).json()

    assert (problem["status"], problem["code"]) == (400, "bad_request")
    assert "leave it out, or send one of q, scope, tags, sort, limit, offset, cursor" in problem["detail"]
    assert len(problem["errors"]) == 1
    assert problem["detail"].isprintable()
    assert len(problem["detail"]) < 300


@pytest.mark.parametrize("name", ["q", "limit", "offset"])
async def test_a_parameter_that_has_one_value_is_refused_if_it_is_sent_twice(service: Service, name: str) -> None:
    problem = (await service.client.get(f"/providers?{name}=1&tags=a&tags=b&{name}=2")).json()

    assert (problem["status"], problem["code"]) == (400, "bad_request")
    assert problem["detail"] == f"{name}: send it once"
    assert [error["loc"] for error in problem["errors"]] == [["query", name]]


async def test_no_more_unknown_parameters_are_listed_than_bad_fields_are(service: Service) -> None:
    query = "&".join(f"p{number}=1" for number in range(500))

    problem = (await service.client.get(f"/providers?{query}")).json()

    assert (problem["status"], len(problem["errors"])) == (400, 50)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
        ("offset=99999999999999999999", "offset"),
        ("q=" + "x" * 501, "q"),
    ],
)
async def test_a_bad_parameter_is_named(service: Service, query: str, place: str) -> None:
    response = await service.client.get(f"/providers?{query}")
    problem = response.json()
    assert (response.status_code, problem["code"]) == (400, "bad_request")
    assert [error["loc"] for error in problem["errors"]] == [["query", place]]
    assert all(error["msg"] for error in problem["errors"])


async def test_tags_are_listed_with_the_most_used_first_and_counted_once_a_minute(service: Service) -> None:
    await publish(service, "a", tags=["cloud", "a"])
    await publish(service, "b", tags=["cloud"])
    listed = {"items": [{"tag": "cloud", "providers": 2}, {"tag": "a", "providers": 1}], "among": 1000}
    assert (await service.client.get("/tags")).json() == listed
    await publish(service, "c", tags=["a", "z"])
    wait(service, seconds=59)
    assert (await service.client.get("/tags")).json() == listed
    wait(service, seconds=1)
    tags = [each["tag"] for each in (await service.client.get("/tags")).json()["items"]]
    assert tags == ["a", "cloud", "z"]


async def test_no_more_than_twenty_tags_are_listed(service: Service) -> None:
    await publish(service, "a", tags=[f"t{number}" for number in range(21)])
    assert len((await service.client.get("/tags")).json()["items"]) == 20


async def test_who_yanks_everything_leaves_no_latest_version(service: Service) -> None:
    await service.publish()
    url = "/console/providers/platform/gcp/versions/1.0.0/yank"
    await service.client.put(url, json={"reason": "broken"}, headers=service.authorised())
    assert (await service.client.get("/providers/platform/gcp")).json()["latest_version"] is None


async def test_a_database_out_of_reach_is_said_so(service: Service) -> None:
    service.adapters.store.unavailable = True
    for path in ("/providers", "/providers?sort=recent", "/tags", "/providers/platform/gcp", "/simple/", "/simple/x/"):
        response = await service.client.get(path)
        assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
