"""A client that prefers not to wait is answered before its wheel is fetched (RFC 7240)."""

from collections.abc import AsyncIterator

import pytest

from domain.tasks import TaskKind
from entrypoints.bootstrap import MemoryAdapters, build_registry
from tests.entrypoints.http.conftest import Service, serving
from tests.entrypoints.http.test_customer_publishing import ACME, ADMIN

ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def adapters() -> MemoryAdapters:
    return MemoryAdapters()


@pytest.fixture
async def registry(adapters: MemoryAdapters) -> AsyncIterator[Service]:
    async with serving(adapters) as service:
        yield service


async def build(adapters: MemoryAdapters) -> None:
    [leased] = await adapters.tasks.claim(TaskKind.REGISTRATION, seconds=30, limit=1)
    await build_registry(adapters).build_version.execute(leased)


@pytest.mark.parametrize("prefer", ["respond-async", "Respond-Async, wait=10", "handling=lenient, respond-async;x=1"])
async def test_it_is_202_with_where_to_look(registry: Service, prefer: str) -> None:
    response = await registry.post(registry.upload(), Prefer=prefer)
    assert response.status_code == 202
    assert response.headers["preference-applied"] == "respond-async"
    assert response.headers["location"].startswith("/registrations/")
    assert int(response.headers["retry-after"]) > 0
    shown = response.json()
    assert (shown["canonical"], shown["status"], shown["wheel_size"]) == ("platform/gcp", "building", None)
    assert response.headers["location"].rpartition("/")[2] not in response.text


@pytest.mark.parametrize("prefer", ["wait=10", "respond-asynchronously", '"respond-async"', ""])
async def test_any_other_preference_changes_nothing(registry: Service, prefer: str) -> None:
    response = await registry.post(registry.upload(), Prefer=prefer)
    assert response.status_code == 201
    assert "preference-applied" not in response.headers


async def test_it_is_building_then_303_to_the_version(registry: Service, adapters: MemoryAdapters) -> None:
    location = (await registry.post(registry.upload(), **ASYNC)).headers["location"]
    waiting = await registry.client.get(location)
    hidden = await registry.client.get("/providers/platform/gcp/versions/1.0.0")
    await build(adapters)
    done = await registry.client.get(location, follow_redirects=False)
    version = await registry.client.get(done.headers["location"])

    assert (waiting.status_code, waiting.json()["status"]) == (200, "building")
    assert (waiting.headers["cache-control"], waiting.headers["retry-after"]) == ("no-store", "2")
    assert hidden.status_code == 404
    assert (done.status_code, done.headers["location"]) == (303, "/providers/platform/gcp/versions/1.0.0")
    assert version.json()["status"] == "published"


async def test_a_failure_is_shown_with_its_code_and_sentence(registry: Service, adapters: MemoryAdapters) -> None:
    response = await registry.post(registry.upload(sha256="0" * 64), **ASYNC)
    await build(adapters)
    failed = await registry.client.get(response.headers["location"])

    assert (failed.status_code, failed.json()["status"]) == (200, "failed")
    assert failed.json()["code"] == "wheel_digest_mismatch"
    assert "digest" in failed.json()["detail"]
    assert "retry-after" not in failed.headers


async def test_a_repeat_is_answered_alike_and_other_content_is_a_conflict(registry: Service) -> None:
    body = registry.upload()
    first, repeat = [await registry.post(body, **ASYNC) for _ in range(2)]
    other = await registry.post({**body, "package_name": "other"}, **ASYNC)

    assert (repeat.status_code, repeat.headers["location"]) == (202, first.headers["location"])
    assert (other.status_code, other.json()["code"]) == (409, "version_conflict")
    assert (other.json()["existing_status"], other.json()["differences"]) == ("building", ["package_name"])


async def test_what_is_public_already_is_200_and_no_preference_was_applied(registry: Service) -> None:
    body = registry.upload()
    assert (await registry.post(body)).status_code == 201
    repeat = await registry.post(body, **ASYNC)
    assert repeat.status_code == 200
    assert "preference-applied" not in repeat.headers


async def test_what_needs_no_wheel_is_answered_first(registry: Service, adapters: MemoryAdapters) -> None:
    body = registry.upload()
    unauthenticated = await registry.client.post("/console/provider-versions", json=body, headers=ASYNC)
    foreign = await registry.post({**body, "name": "acme/gcp"}, **ASYNC)
    bare = await registry.post({key: value for key, value in body.items() if key != "metadata"}, **ASYNC)
    schema = await registry.post({**body, "config_schema": {"type": "nonsense"}}, **ASYNC)

    assert [each.status_code for each in (unauthenticated, foreign, bare, schema)] == [401, 403, 422, 422]
    assert await adapters.tasks.list_tasks(limit=1) == []


async def test_no_token_is_in_what_is_queued(registry: Service, adapters: MemoryAdapters) -> None:
    await registry.post(registry.upload(), **ASYNC)
    [queued] = await adapters.tasks.list_tasks(limit=1)
    assert registry.token not in queued.task.payload
    assert queued.task.request_id


async def test_a_customer_need_not_wait_either(adapters: MemoryAdapters) -> None:
    async with serving(adapters, customer_realm=True) as service:
        service.adapters.customer_directory.add_organization(ACME)
        service.token = service.adapters.customer_verifier.issue(ADMIN)
        body, headers = service.upload(name="acme/gcp"), service.authorised(**ASYNC)
        accepted = await service.client.post("/provider-versions", json=body, headers=headers)
        await build(adapters)
        done = await service.client.get(accepted.headers["location"], follow_redirects=False)
        provider = await service.client.get("/providers/acme/gcp")

    assert (accepted.status_code, done.status_code) == (202, 303)
    assert provider.json()["author"]["display_name"] == "Acme Inc."


@pytest.mark.parametrize("written", ["nonsense", "00000000-0000-0000-0000-000000000001", "%00", "1" * 500])
async def test_what_names_no_registration_is_404(registry: Service, written: str) -> None:
    response = await registry.client.get(f"/registrations/{written}")
    assert (response.status_code, response.json()["code"]) == (404, "registration_not_found")


@pytest.mark.hostile
async def test_what_is_being_built_is_nowhere_but_at_its_own_address(registry: Service) -> None:
    await registry.post(registry.upload(), **ASYNC)
    version = "/providers/platform/gcp/versions/1.0.0"
    parts = ("", "/status", "/history", "/install", "/verification", "/availability", "/compatibility", "/schemas")
    named = [
        *(f"{version}{part}" for part in parts),
        *("/providers/platform/gcp", "/providers/platform/gcp/versions/latest", "/simple/pragmatiks-gcp-provider/"),
        *("/catalog/platform/gcp", "/catalog/platform/gcp/1.0.0"),
    ]
    answers = {path: (await registry.client.get(path)).status_code for path in named}
    listed = [(await registry.client.get(path)).text for path in ("/providers", "/simple/", "/", "/sitemap.xml")]
    yanked = await registry.client.put(
        f"/console{version}/yank", json={"reason": "Deletes buckets."}, headers=registry.authorised()
    )
    assert answers == dict.fromkeys(named, 404)
    assert not [text for text in listed if "gcp" in text]
    assert (yanked.status_code, yanked.json()["code"]) == (409, "illegal_transition")


@pytest.mark.hostile
async def test_a_dry_run_queues_nothing_whatever_is_preferred(registry: Service, adapters: MemoryAdapters) -> None:
    url, headers = "/console/provider-versions?dry_run=true", registry.authorised(**ASYNC)
    response = await registry.client.post(url, json=registry.upload(), headers=headers)
    assert (response.status_code, response.json()["outcome"]) == (200, "created")
    assert await adapters.tasks.list_tasks(limit=1) == []
