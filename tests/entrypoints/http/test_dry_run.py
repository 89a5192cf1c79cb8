"""``?dry_run=true``: the answer of a registration, without the registration."""

from typing import Any

import pytest
from httpx import Response

from domain.customers import Customer
from entrypoints.bootstrap import MemoryAdapters
from tests.builders import a_wheel
from tests.entrypoints.http.conftest import ROUTE, Service, serving

VERSIONS = "/providers/platform/gcp/versions"


async def rehearse(service: Service, body: object, query: str = "dry_run=true", route: str = ROUTE) -> Response:
    return await service.client.post(f"{route}?{query}", json=body, headers=service.authorised())


async def test_a_new_version_is_shown_as_it_would_be_with_every_check_and_is_not_there(service: Service) -> None:
    body = service.upload()

    response = await rehearse(service, body)

    shown = response.json()
    assert (response.status_code, shown["outcome"]) == (200, "created")
    assert "location" not in response.headers
    assert (shown["version"]["status"], shown["version"]["wheel_sha256"]) == ("published", body["sha256"])
    assert shown["verification"]["passed"] is True
    assert {"digest", "record", "package"} <= {check["name"] for check in shown["verification"]["checks"]}
    for path in (VERSIONS, f"{VERSIONS}/1.0.0", f"{VERSIONS}/1.0.0/history"):
        assert (await service.client.get(path)).status_code == 404
    assert (await service.post(body)).status_code == 201


async def test_a_repeat_is_unchanged_with_the_verdict_that_was_kept_and_no_fetch(service: Service) -> None:
    published = await service.publish()
    kept = (await service.client.get(f"{VERSIONS}/1.0.0/verification")).json()

    response = await rehearse(service, service.upload())

    assert response.status_code == 200
    assert response.json() == {"outcome": "unchanged", "version": published, "verification": kept}
    assert list(service.adapters.fetcher.fetches.values()) == [1]
    assert len((await service.client.get(f"{VERSIONS}/1.0.0/history")).json()) == 1


async def test_a_conflict_is_an_outcome_with_the_fields_and_the_existing_status(service: Service) -> None:
    await service.publish()
    body = service.upload(changelog="other")

    response, real = await rehearse(service, body), await service.post(body)

    shown, problem = response.json(), real.json()
    assert (response.status_code, real.status_code) == (200, 409)
    assert shown == {"outcome": "conflict"} | {
        name: problem[name] for name in ("code", "detail", "differences", "existing_status")
    }


async def test_a_file_name_that_has_another_digest_is_a_conflict(service: Service) -> None:
    await service.publish()
    body = service.upload(name="platform/other", data=a_wheel(files={"gcp_provider/__init__.py": b"other"}))

    response, real = await rehearse(service, body), await service.post(body)

    assert (response.status_code, real.status_code) == (200, 409)
    assert response.json() == {
        "outcome": "conflict",
        "code": "wheel_filename_conflict",
        "detail": real.json()["detail"],
    }
    assert "platform/gcp 1.0.0" in real.json()["detail"]


@pytest.mark.parametrize(
    "changes",
    [{"sha256": "0" * 64}, {"metadata": None}, {"name": "acme/gcp"}, {"version": "1.0.1"}, {"version": 1}],
)
async def test_refusals_are_those_of_the_real_thing_and_leave_no_trace(
    service: Service, changes: dict[str, Any]
) -> None:
    body = service.upload(**changes)

    rehearsed, real = await rehearse(service, body), await service.post(body)

    same = ("status", "code", "detail", "type")
    assert rehearsed.status_code == real.status_code >= 400
    assert [rehearsed.json()[name] for name in same] == [real.json()[name] for name in same]


async def test_a_refused_wheel_is_in_no_history(service: Service) -> None:
    await rehearse(service, service.upload(sha256="0" * 64))
    await service.publish()

    history = (await service.client.get(f"{VERSIONS}/1.0.0/history")).json()

    assert [event["action"] for event in history] == ["published"]


async def test_dry_run_false_registers(service: Service) -> None:
    assert (await rehearse(service, service.upload(), "dry_run=false")).status_code == 201


@pytest.mark.parametrize("query", ["dry_run=", "dry_run=yes", "dry_run=TRUE", "dry_run=true&dry_run=false", "dry_run"])
async def test_whoever_misspells_it_registers_nothing(service: Service, query: str) -> None:
    response = await rehearse(service, service.upload(), query)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert response.json()["errors"][0]["loc"] == ["query", "dry_run"]
    assert (await service.client.get(VERSIONS)).status_code == 404


@pytest.mark.parametrize("query", ["dry-run=true", "dryRun=true", "DRY_RUN=true", "dry_run=true&force=1", "x"])
async def test_a_parameter_of_another_name_registers_nothing(service: Service, query: str) -> None:
    response = await rehearse(service, service.upload(), query)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert "send one of dry_run" in response.json()["detail"]
    assert (await service.client.get(VERSIONS)).status_code == 404


async def test_an_unauthenticated_caller_learns_nothing_from_it(service: Service) -> None:
    response = await service.client.post(f"{ROUTE}?dry_run=maybe", json={})

    assert response.status_code == 401


async def test_customers_have_it_too() -> None:
    async with serving(MemoryAdapters(), customer_realm=True) as service:
        customer = Customer(id="user_a", user_id="user_a", organization_id="org_a", organization_slug="acme")
        service.token = service.adapters.customer_verifier.issue(customer)

        response = await rehearse(service, service.upload(name="acme/gcp"), route="/provider-versions")

        assert (response.status_code, response.json()["outcome"]) == (200, "created")
        assert (await service.client.get("/providers/acme/gcp/versions")).status_code == 404
