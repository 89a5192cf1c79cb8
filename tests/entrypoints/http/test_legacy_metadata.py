"""Older SDKs send a short name with an organisation's id, and no metadata: the wheel's own takes its place."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from application.errors import WheelHostFailedError
from domain.customers import Customer
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters
from tests.builders import a_wheel
from tests.entrypoints.http.conftest import METADATA, ROUTE, Service, serving

LEGACY: dict[str, Any] = {"name": "gcp", "organization_id": "org_acme", "metadata": None}
CANONICAL: dict[str, Any] = {"name": "platform/gcp", "organization_id": "org_acme", "metadata": None}
SHOWN = ("display_name", "description", "icon_url", "tags")


def a_described_wheel(headers: str, *, name: str = "Pragmatiks.GCP_provider", built: str = "1.0.0") -> bytes:
    return a_wheel(version=built, metadata=f"Metadata-Version: 2.4\nName: {name}\nVersion: {built}\n{headers}")


async def shown(service: Service, canonical: str = "platform/gcp") -> dict[str, Any]:
    provider = (await service.client.get(f"/providers/{canonical}")).json()
    return {field: provider[field] for field in SHOWN}


@pytest.fixture(params=["console", "customer"])
async def legacy(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Service, str, str]]:
    """Return a service, the route that a legacy client posts to, and where its provider is found."""
    async with serving(MemoryAdapters(), customer_realm=True) as service:
        if request.param == "console":
            yield service, ROUTE, "platform/gcp"
            return
        customer = Customer(id="user_1", user_id="user_1", organization_id="org_acme", organization_slug="acme")
        service.token = service.adapters.customer_verifier.issue(customer)
        yield service, "/provider-versions", "acme/gcp"


async def test_a_first_version_without_metadata_is_shown_as_its_wheel_says(legacy: tuple[Service, str, str]) -> None:
    service, route, canonical = legacy
    wheel = a_described_wheel("Summary: Manages Google Cloud resources\nKeywords: cloud\n")
    body = service.upload(data=wheel, **LEGACY)

    first = await service.client.post(route, json=body, headers=service.authorised())
    again = await service.client.post(route, json=body, headers=service.authorised())

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json()["canonical"] == canonical
    assert await shown(service, canonical) == {
        "display_name": "Pragmatiks.GCP_provider",
        "description": "Manages Google Cloud resources",
        "icon_url": None,
        "tags": [],
    }


@pytest.mark.parametrize(
    ("headers", "description"),
    [
        ("", ""),
        ("Summary:\n", ""),
        ("Summary: UNKNOWN\n", ""),
        ("Summary:  \t UNKNOWN \n", ""),
        ("Summary: Unknown things\n", "Unknown things"),
        ("Summary: two\n   lines\n", "two lines"),
        ("Summary: a\x1b[31m\u202eb\x00c\x85d\n", "a [31m b c d"),
        ("Summary: Größe 漢字 🚀 <script>\n", "Größe 漢字 🚀 <script>"),
        ("Summary: " + "s" * 6000 + "\n", "s" * 2000),
        ("Summary: first\nSummary: second\n", "first"),
    ],
)
async def test_whatever_a_summary_holds_can_be_shown(service: Service, headers: str, description: str) -> None:
    await service.publish(data=a_described_wheel(headers), **LEGACY)

    assert (await shown(service))["description"] == description


async def test_a_name_that_is_too_long_to_show_is_cut(service: Service) -> None:
    name = "pragmatiks" + "-_." * 100 + "gcp-provider"

    await service.publish(data=a_described_wheel("", name=name), **LEGACY)

    assert (await shown(service))["display_name"] == name[:200]


async def test_metadata_that_is_known_stays_whatever_later_wheels_say(service: Service) -> None:
    await service.publish(data=a_described_wheel("Summary: First\n"), **LEGACY)
    await service.publish("1.0.1", data=a_described_wheel("Summary: Second\n", built="1.0.1"), **LEGACY)
    derived = await shown(service)
    await service.publish("1.0.2", metadata=METADATA)
    await service.publish("1.0.3", data=a_described_wheel("Summary: Third\n", built="1.0.3"), **LEGACY)

    assert derived["description"] == "First"
    assert await shown(service) == {"icon_url": None, **METADATA}


async def test_metadata_that_a_legacy_client_does_send_counts(service: Service) -> None:
    await service.publish(data=a_described_wheel("Summary: Other\n"), **{**LEGACY, "metadata": METADATA})

    assert await shown(service) == {"icon_url": None, **METADATA}


async def test_bad_metadata_of_a_legacy_client_is_refused_and_not_derived(service: Service) -> None:
    response = await service.post(service.upload(**{**LEGACY, "metadata": {"display_name": ""}}))

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


async def test_a_canonical_name_still_needs_metadata_and_is_reported_before_the_wheel_is_fetched(
    service: Service,
) -> None:
    response = await service.post(service.upload(**CANONICAL))

    assert (response.status_code, response.json()["code"]) == (422, "metadata_required")
    assert not service.adapters.fetcher.fetches


async def test_after_a_legacy_publish_a_canonical_one_needs_no_metadata(service: Service) -> None:
    await service.publish(data=a_described_wheel("Summary: First\n"), **LEGACY)

    assert (await service.publish("1.0.1", **CANONICAL))["status"] == "published"


async def test_a_dry_run_of_a_legacy_request_needs_no_metadata_and_keeps_none(service: Service) -> None:
    body = service.upload(data=a_described_wheel("Summary: First\n"), **LEGACY)

    rehearsed = await service.client.post(f"{ROUTE}?dry_run=true", json=body, headers=service.authorised())

    assert (rehearsed.status_code, rehearsed.json()["outcome"]) == (200, "created")
    assert (await service.client.get("/providers/platform/gcp")).status_code == 404


async def test_a_refused_wheel_shows_nothing_and_the_next_one_is_described_by_itself(service: Service) -> None:
    broken = await service.post(
        service.upload(data=a_described_wheel("Summary: Broken\n"), **{**LEGACY, "sha256": "0" * 64})
    )
    hidden = await service.client.get("/providers/platform/gcp")
    await service.publish(data=a_described_wheel("Summary: Mended\n"), **LEGACY)

    assert (broken.status_code, broken.json()["code"], hidden.status_code) == (422, "wheel_digest_mismatch", 404)
    assert (await shown(service))["description"] == "Mended"


async def test_a_wheel_host_that_is_down_leaves_nothing_behind(service: Service) -> None:
    body = service.upload(**LEGACY)
    service.adapters.fetcher.fail_with(WheelUrl.parse(body["wheel_url"]), WheelHostFailedError("the host is down"))

    response = await service.post(body)

    assert response.status_code == 502
    assert (await service.client.get("/providers/platform/gcp")).status_code == 404
