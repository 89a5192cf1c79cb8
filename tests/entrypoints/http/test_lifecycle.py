"""Yanking, restoring, and what is told of it."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from httpx import Response

from adapters.memory.clock import ManualClock
from domain.names import ProviderName
from domain.registrants import ConsoleMachine
from domain.semver import SemVer
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.limits import HttpLimits
from tests.builders import MACHINE_ID, NOW
from tests.entrypoints.http.conftest import METADATA, Service, serving

VERSIONS = "/providers/platform/gcp/versions"
REASON = "Deletes buckets\nthat it did not create."


def yank_route(version: str = "1.0.0", provider: str = "platform/gcp") -> str:
    return f"/console/providers/{provider}/versions/{version}/yank"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def service(clock: ManualClock) -> AsyncIterator[Service]:
    async with serving(MemoryAdapters(clock=clock)) as service:
        yield service


async def yank(service: Service, version: str = "1.0.0", reason: object = REASON, **headers: str) -> Response:
    return await service.client.put(yank_route(version), json={"reason": reason}, headers=service.authorised(**headers))


async def restore(service: Service, version: str = "1.0.0", **headers: str) -> Response:
    return await service.client.delete(yank_route(version), headers=service.authorised(**headers))


async def history(service: Service, version: str = "1.0.0") -> Any:
    response = await service.client.get(f"{VERSIONS}/{version}/history")
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_yanked_version_stays_readable_with_its_reason_and_its_content(
    service: Service, clock: ManualClock
) -> None:
    published = await service.publish(schemas={"bucket": {}})
    clock.advance(seconds=60)

    yanked = await yank(service)

    assert yanked.status_code == 200
    assert yanked.json() == {
        **published,
        "status": "yanked",
        "yanked_at": "2026-01-02T03:05:05.678901Z",
        "yanked_reason": REASON,
        "updated_at": "2026-01-02T03:05:05.678901Z",
    }
    assert (await service.client.get(f"{VERSIONS}/1.0.0")).json() == yanked.json()
    assert [version["status"] for version in (await service.client.get(VERSIONS)).json()] == ["yanked"]


async def test_latest_leaves_a_yanked_version_and_returns_to_a_restored_one(service: Service) -> None:
    await service.publish("1.0.0")
    await service.publish("2.0.0")

    await yank(service, "2.0.0")
    without = await service.client.get(f"{VERSIONS}/latest")
    await restore(service, "2.0.0")
    restored = await service.client.get(f"{VERSIONS}/latest")

    assert (without.json()["version"], restored.json()["version"]) == ("1.0.0", "2.0.0")


async def test_when_all_versions_are_yanked_there_is_no_latest(service: Service) -> None:
    await service.publish()
    await yank(service)

    for path in ("latest", "latest/history"):
        response = await service.client.get(f"{VERSIONS}/{path}")
        assert (response.status_code, response.json()["code"]) == (404, "version_not_found")


async def test_a_second_yank_changes_neither_reason_nor_time(service: Service, clock: ManualClock) -> None:
    await service.publish()
    first = await yank(service)
    clock.advance(seconds=60)

    again = await yank(service, reason="Another reason.")

    assert (again.status_code, again.json()) == (200, first.json())
    assert [event["action"] for event in await history(service)] == ["published", "yanked"]


async def test_a_restored_version_is_published_as_before(service: Service, clock: ManualClock) -> None:
    published = await service.publish()
    await yank(service)
    clock.advance(seconds=60)

    restored = await restore(service)

    assert restored.status_code == 200
    assert restored.json() == {**published, "updated_at": "2026-01-02T03:05:05.678901Z"}


async def test_restoring_a_published_version_changes_nothing(service: Service, clock: ManualClock) -> None:
    published = await service.publish()
    clock.advance(seconds=60)

    restored = await restore(service)

    assert (restored.status_code, restored.json()) == (200, published)
    assert [event["action"] for event in await history(service)] == ["published"]


async def test_a_body_that_comes_with_a_restoration_is_ignored(service: Service) -> None:
    await service.publish()
    await yank(service)

    restored = await service.client.request("DELETE", yank_route(), content=b"\xff{", headers=service.authorised())

    assert (restored.status_code, restored.json()["status"]) == (200, "published")


async def test_the_history_tells_every_step_with_its_request_and_its_reason(
    service: Service, clock: ManualClock
) -> None:
    refused = await service.post(service.upload(sha256="0" * 64), **{"X-Request-ID": "try-1"})
    clock.advance(seconds=1)
    await service.post(service.upload(), **{"X-Request-ID": "try-2"})
    clock.advance(seconds=1)
    await yank(service, **{"X-Request-ID": "yank-1"})
    clock.advance(seconds=1)
    await restore(service, **{"X-Request-ID": "restore-1"})
    clock.advance(seconds=1)
    again = await yank(service, reason="Again.")

    told = await history(service)

    actions = [
        ("failed", "try-1", refused.json()["detail"]),
        ("published", "try-2", None),
        ("yanked", "yank-1", REASON),
        ("restored", "restore-1", None),
        ("yanked", again.headers["x-request-id"], "Again."),
    ]
    assert told == [
        {
            "action": action,
            "at": f"2026-01-02T03:04:0{second}.678901Z",
            "actor": MACHINE_ID,
            "request_id": name,
            "reason": reason,
        }
        for second, (action, name, reason) in enumerate(actions, start=5)
    ]


async def test_the_history_of_latest_is_that_of_the_latest_version(service: Service) -> None:
    await service.publish("1.0.0")
    await service.post(service.upload("2.0.0"), **{"X-Request-ID": "two"})

    assert [event["request_id"] for event in await history(service, "latest")] == ["two"]


@pytest.mark.parametrize("version", ["9.9.9", "latest", "not-a-version"])
async def test_what_is_not_public_has_no_public_history(service: Service, version: str) -> None:
    await service.post(service.upload("9.9.9", sha256="0" * 64))

    response = await service.client.get(f"{VERSIONS}/{version}/history")

    assert (response.status_code, response.json()["code"]) == (404, "version_not_found")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_without_a_good_token_the_answer_is_401_whatever_the_rest(service: Service, method: str) -> None:
    for headers, challenge in (({}, "Bearer"), ({"Authorization": "Bearer x"}, 'Bearer error="invalid_token"')):
        response = await service.client.request(method, yank_route("x"), content=b"\xff{", headers=headers)

        assert (response.status_code, response.headers["www-authenticate"]) == (401, challenge)
        assert response.json()["detail"] == "Not authenticated"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_unlisted_machine_is_403_before_its_body_is_read(service: Service, method: str) -> None:
    stranger = service.adapters.verifier.issue(ConsoleMachine("mch_stranger"))
    headers = service.authorised(Authorization=f"Bearer {stranger}")

    response = await service.client.request(method, yank_route(), content=b"{", headers=headers)

    assert (response.status_code, response.json()["code"]) == (403, "machine_not_allowed")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_another_namespace_is_403_whether_or_not_the_version_is_there(service: Service, method: str) -> None:
    response = await service.client.request(
        method, yank_route(provider="acme/gcp"), json={"reason": REASON}, headers=service.authorised()
    )

    assert (response.status_code, response.json()["code"]) == (403, "namespace_forbidden")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    ("path", "code"),
    [
        (yank_route("9.9.9"), "version_not_found"),
        (yank_route("latest"), "version_not_found"),
        (yank_route("1.0"), "version_not_found"),
        (yank_route(provider="platform/unknown"), "version_not_found"),
        (yank_route(provider="platform/Not%20A%20Name"), "provider_not_found"),
    ],
)
async def test_what_is_not_there_is_404(service: Service, method: str, path: str, code: str) -> None:
    await service.publish()

    response = await service.client.request(method, path, json={"reason": REASON}, headers=service.authorised())

    assert (response.status_code, response.json()["code"]) == (404, code)


@pytest.mark.parametrize(("method", "required"), [("PUT", "published"), ("DELETE", "yanked")])
async def test_a_failed_version_is_409_with_a_sentence(service: Service, method: str, required: str) -> None:
    await service.post(service.upload(sha256="0" * 64))

    response = await service.client.request(method, yank_route(), json={"reason": REASON}, headers=service.authorised())

    assert (response.status_code, response.json()["code"]) == (409, "illegal_transition")
    assert response.json()["detail"].startswith(f"platform/gcp 1.0.0 is failed; only a {required} version can be ")


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", {}, 400, "malformed_body"),
        (b"", {}, 400, "malformed_body"),
        (b'{"reason": "a", "reason": "b"}', {}, 400, "malformed_body"),
        (b'{"reason": "a"}', {"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        (b"[]", {}, 422, "invalid_request"),
        (b"{}", {}, 422, "invalid_request"),
    ],
)
async def test_a_bad_body_is_refused_before_the_namespace_is_looked_at(
    service: Service, content: bytes, headers: Mapping[str, str], status: int, code: str
) -> None:
    sent = service.authorised(**{"Content-Type": "application/json", **headers})

    response = await service.client.put(yank_route(provider="acme/gcp"), content=content, headers=sent)

    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_a_body_over_the_limit_is_413() -> None:
    async with serving(MemoryAdapters(), HttpLimits(body_bytes=100)) as service:
        response = await yank(service, reason="x" * 100)

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("reason", [None, 7, "", " \n", "x" * 2001, "a\u0000b", "a\u001b[2J"])
async def test_a_bad_reason_is_422_naming_it_and_yanks_nothing(service: Service, reason: object) -> None:
    await service.publish()

    response = await yank(service, reason=reason)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert [error["loc"] for error in response.json()["errors"]] == [["body", "reason"]]
    assert (await service.client.get(f"{VERSIONS}/latest")).json()["status"] == "published"


@pytest.mark.parametrize("reason", ["x", "x" * 2000, "Löscht €\r\n\U0001f600"])
async def test_a_reason_comes_back_as_it_was_sent(service: Service, reason: str) -> None:
    await service.publish()

    assert (await yank(service, reason=reason)).json()["yanked_reason"] == reason


async def test_unknown_fields_of_a_yank_are_ignored(service: Service) -> None:
    await service.publish()
    body = json.dumps({"reason": REASON, "severity": "high"}).encode()

    response = await service.client.put(
        yank_route(), content=body, headers=service.authorised(**{"Content-Type": "application/json"})
    )

    assert response.status_code == 200


async def test_a_version_with_build_metadata_is_yanked_by_its_path(service: Service) -> None:
    await service.publish("1.0.0+build.7", version="1.0.0+build.7")

    assert (await yank(service, "1.0.0%2Bbuild.7")).json()["version"] == "1.0.0+build.7"


async def test_a_yanked_version_stays_yanked_when_it_is_registered_again(service: Service) -> None:
    await service.publish()
    await yank(service)

    again = await service.post(service.upload())

    assert (again.status_code, again.json()["status"], again.json()["yanked_reason"]) == (200, "yanked", REASON)
    assert [event["action"] for event in await history(service)] == ["published", "yanked"]


async def test_the_catalogs_time_of_a_metadata_change_is_the_clocks(service: Service, clock: ManualClock) -> None:
    await service.publish()
    clock.advance(seconds=60)
    await service.post(service.upload(metadata={**METADATA, "display_name": "GCP"}))

    stored = await service.adapters.store.load(ProviderName.parse("platform/gcp"), SemVer.parse("1.0.0"))
    assert stored.provider is not None
    assert stored.provider.updated_at == clock.now()


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_unreachable_database_or_authority_is_503(service: Service, method: str) -> None:
    await service.publish()
    for part, code in (
        (service.adapters.store, "database_unavailable"),
        (service.adapters.verifier, "token_authority_unavailable"),
    ):
        part.unavailable = True
        response = await service.client.request(
            method, yank_route(), json={"reason": REASON}, headers=service.authorised()
        )
        assert (response.status_code, response.json()["code"]) == (503, code)
        assert int(response.headers["retry-after"]) > 0


async def test_the_api_describes_every_answer_of_these_routes(service: Service) -> None:
    document = (await service.client.get("/schema/openapi.json")).json()

    paths = document["paths"]
    routes = paths["/console/providers/{prefix}/{name}/versions/{version}/yank"]
    answers = {method: {int(status) for status in routes[method]["responses"]} for method in ("put", "delete")}
    assert answers["put"] == {200, 400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503}
    assert answers["delete"] == {200, 400, 401, 403, 404, 409, 503}
    assert routes["put"]["security"] == routes["delete"]["security"] == [{"ConsoleMachine": []}]
    media = routes["put"]["requestBody"]["content"]["application/json"]
    assert media["schema"]["$ref"].rpartition("/")[2] in document["components"]["schemas"]
    assert media["examples"]
    told = paths["/providers/{prefix}/{name}/versions/{version}/history"]["get"]["responses"]
    assert {int(status) for status in told} == {200, 304, 400, 404, 503}
    assert told["200"]["content"]["application/json"]["examples"]
    refusals = [
        answer
        for responses in (told, routes["put"]["responses"], routes["delete"]["responses"])
        for status, answer in responses.items()
        if int(status) >= 400
    ]
    assert all("examples" in answer["content"]["application/problem+json"] for answer in refusals)
