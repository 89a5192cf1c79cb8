"""A file name on an index keeps the digest that was published under it first, so that pinned installs keep working."""

from dataclasses import replace
from typing import Any

import pytest
from httpx import Response

from domain.wheel.file import Sha256Digest
from tests.builders import NOW, a_version, a_wheel, some_metadata
from tests.entrypoints.http.conftest import Service
from tests.support.stores import writing

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
PROJECT = "/simple/pragmatiks-gcp-provider/"
OTHER = a_wheel(files={"gcp_provider/__init__.py": b"other = True\n"})


async def yank(service: Service, version: str = "1.0.0") -> None:
    url = f"/console/providers/platform/gcp/versions/{version}/yank"
    response = await service.client.put(url, json={"reason": "Broken."}, headers=service.authorised())
    assert response.status_code == 200


async def shown(service: Service) -> list[tuple[str, bool]]:
    files = (await service.client.get(PROJECT, headers=JSON)).json()["files"]
    return [(file["hashes"]["sha256"], bool(file["yanked"])) for file in files]


async def post_other(service: Service, built: str = "1.0.0", /, **changes: Any) -> Response:
    data = a_wheel(version=built, files={"gcp_provider/__init__.py": b"other = True\n"})
    return await service.post(service.upload(built, data=data, host="elsewhere.example.com", **changes))


@pytest.mark.parametrize("is_yanked", [False, True])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "platform/gcp"}, {"name": "platform/other"}),
        ({"version": "1.0.0-rc.1"}, {"version": "1.0.0-rc1"}),
        ({"version": "1.0.0-a.0"}, {"version": "1.0.0-alpha"}),
    ],
    ids=["another provider", "another spelling of the number", "another spelling of the stage"],
)
async def test_another_file_under_the_name_is_409_even_when_the_first_is_yanked(
    service: Service, is_yanked: bool, first: dict[str, str], second: dict[str, str]
) -> None:
    built = {"1.0.0-rc.1": "1.0.0rc1", "1.0.0-a.0": "1.0.0a0"}.get(first.get("version", ""), "1.0.0")
    published = await service.publish(built, **first)
    if is_yanked:
        await yank(service, published["version"])

    response = await post_other(service, built, **second)

    assert (response.status_code, response.json()["code"]) == (409, "wheel_filename_conflict"), response.text
    assert published["wheel_sha256"] in response.json()["detail"]
    assert await shown(service) == [(published["wheel_sha256"], is_yanked)]


async def test_an_unannounced_digest_is_compared_once_it_is_computed(service: Service) -> None:
    await service.publish()
    response = await post_other(service, name="platform/other", sha256=None)
    assert (response.status_code, response.json()["code"]) == (409, "wheel_filename_conflict")
    assert (await service.client.get("/providers/platform/other/versions")).status_code == 404


async def test_an_announced_digest_is_compared_before_anything_is_fetched(service: Service) -> None:
    await service.publish()
    before = dict(service.adapters.fetcher.fetches)
    await post_other(service, name="platform/other")
    assert service.adapters.fetcher.fetches == before


async def test_the_same_file_may_be_published_again_and_is_shown_once(service: Service) -> None:
    published = await service.publish()
    elsewhere = await service.post(service.upload(name="platform/other", host="elsewhere.example.com"))
    assert elsewhere.status_code == 201
    assert await shown(service) == [(published["wheel_sha256"], False)]
    await yank(service)
    assert await shown(service) == [(published["wheel_sha256"], False)]


async def test_builds_and_local_versions_are_names_of_their_own(service: Service) -> None:
    await service.publish()
    local = await post_other(service, "1.0.0+a", version="1.0.0+a", name="platform/other")
    assert local.status_code == 201, local.text
    assert len(await shown(service)) == 2


async def test_a_failed_version_holds_no_name(service: Service) -> None:
    failed = await service.post(service.upload(sha256="0" * 64))
    assert failed.status_code == 422
    assert (await post_other(service, name="platform/other")).status_code == 201
    assert (await service.post(service.upload())).json()["code"] == "wheel_filename_conflict"


async def test_a_refusal_over_a_name_is_recorded_nowhere(service: Service) -> None:
    await service.publish()
    await post_other(service, name="platform/other")
    assert (await service.post(service.upload(name="platform/other"))).status_code == 201


async def test_a_restored_version_is_shown_again_with_its_digest(service: Service) -> None:
    published = await service.publish()
    await yank(service)
    await post_other(service, name="platform/other")
    url = "/console/providers/platform/gcp/versions/1.0.0/yank"
    assert (await service.client.delete(url, headers=service.authorised())).status_code == 200
    assert await shown(service) == [(published["wheel_sha256"], False)]


async def test_collisions_from_before_are_shown_as_they_are(service: Service) -> None:
    digests = ["a" * 64, "b" * 64]
    for provider, digest in zip(("platform/a", "platform/b"), digests, strict=True):
        version = a_version(name=provider)
        assert version.wheel is not None
        version = replace(version, wheel=replace(version.wheel, sha256=Sha256Digest(digest)))
        decision = writing(version, some_metadata())
        await service.adapters.store.update(version.name, version.version, decision)
    assert await shown(service) == [(digests[0], False), (digests[1], False)]
    yanked = a_version(name="platform/a").yank("broken", at=NOW)
    await service.adapters.store.update(yanked.name, yanked.version, writing(yanked))
    assert [is_yanked for _, is_yanked in await shown(service)] == [True, False]
