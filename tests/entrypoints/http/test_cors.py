"""What scripts of other origins may read and send, as browsers ask for it."""

from collections.abc import AsyncIterator

import pytest
from httpx import Response

from entrypoints.bootstrap import MemoryAdapters, open_telemetry
from entrypoints.http.limits import HttpLimits
from entrypoints.settings import TracingSettings
from tests.entrypoints.http.conftest import ROUTE, Service, serving

ALLOWED = "https://console.example.com"
STRANGER = "https://elsewhere.example.com"
GCP = "/providers/platform/gcp"
YANK = f"/console{GCP}/versions/1.0.0/yank"
PUBLIC = [
    "/providers",
    "/resource-types?q=a",
    GCP,
    f"{GCP}/versions",
    f"{GCP}/versions/1.0.0",
    f"{GCP}/versions/latest/install",
    f"{GCP}/versions/1.0.0/schemas",
    "/simple/",
    "/simple/pragmatiks-gcp-provider/",
    "/health",
    "/schema/openapi.json",
]
WITH_TOKENS = [("POST", ROUTE), ("POST", "/provider-versions"), ("PUT", YANK), ("DELETE", YANK), ("GET", "/auth/me")]


@pytest.fixture
async def open_service() -> AsyncIterator[Service]:
    telemetry = open_telemetry(TracingSettings())
    async with serving(
        MemoryAdapters(), customer_realm=True, telemetry=telemetry, allowed_origins=[ALLOWED, "https://b.example.com"]
    ) as service:
        yield service


async def preflight(service: Service, method: str, path: str, origin: str) -> Response:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return await service.client.options(path, headers=asked)


def listed(response: Response, field: str) -> set[str]:
    return {each.strip().lower() for each in response.headers.get(field, "").split(",")}


@pytest.mark.parametrize("origin", [None, STRANGER, ALLOWED, "null"])
@pytest.mark.parametrize("path", PUBLIC)
async def test_every_origin_may_read_what_is_public(open_service: Service, path: str, origin: str | None) -> None:
    await open_service.publish()

    for method in ("GET", "HEAD"):
        answer = await open_service.client.request(method, path, headers={"Origin": origin} if origin else {})

        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
        assert "access-control-allow-credentials" not in answer.headers
        assert listed(answer, "access-control-expose-headers") >= {"etag", "location", "retry-after", "x-request-id"}
        assert "origin" not in listed(answer, "vary")


async def test_an_answer_of_the_read_cache_may_be_read_too() -> None:
    limits = HttpLimits(read_cache_bytes=1_000_000)
    async with serving(MemoryAdapters(), limits) as service:
        await service.publish()
        answers = [await service.client.get(GCP, headers={"Origin": STRANGER}) for _ in range(2)]
        answers.append(await service.client.get(GCP, headers={"If-None-Match": answers[0].headers["etag"]}))

    assert [answer.status_code for answer in answers] == [200, 200, 304]
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"*"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/providers?limit=0", 400),
        (f"{GCP}/versions/9.9.9", 404),
        ("/nowhere", 404),
        ("/provider-versions/nowhere", 404),
        ("/catalog/platform/nothing", 404),
    ],
)
async def test_a_script_may_read_why_a_public_read_was_refused(open_service: Service, path: str, status: int) -> None:
    answer = await open_service.client.get(path, headers={"Origin": STRANGER})

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")


async def test_an_outage_may_be_read_with_its_retry_after(open_service: Service) -> None:
    open_service.adapters.store.unavailable = True

    answer = await open_service.client.get(GCP, headers={"Origin": STRANGER})

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (503, "*")
    assert "retry-after" in listed(answer, "access-control-expose-headers")


@pytest.mark.parametrize("path", PUBLIC)
async def test_a_preflight_of_any_origin_admits_reads_without_a_token(open_service: Service, path: str) -> None:
    answer = await preflight(open_service, "GET", path, STRANGER)

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
    assert listed(answer, "access-control-allow-methods") == {"get", "head"}
    assert "authorization" not in listed(answer, "access-control-allow-headers")
    assert "if-none-match" in listed(answer, "access-control-allow-headers")


@pytest.mark.parametrize(("method", "path"), WITH_TOKENS)
async def test_an_allowed_origin_may_send_a_token(open_service: Service, method: str, path: str) -> None:
    asked = await preflight(open_service, method, path, ALLOWED)
    answer = await open_service.client.request(method, path, headers={"Origin": ALLOWED})

    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, ALLOWED)
    assert method.lower() in listed(asked, "access-control-allow-methods")
    assert listed(asked, "access-control-allow-headers") >= {"authorization", "content-type", "x-request-id"}
    assert int(asked.headers["access-control-max-age"]) > 0
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, ALLOWED)
    for each in (asked, answer):
        assert "origin" in listed(each, "vary")
        assert "access-control-allow-credentials" not in each.headers


@pytest.mark.parametrize(
    "origin",
    [
        STRANGER,
        "null",
        "*",
        "http://console.example.com",
        "https://console.example.com:444",
        "https://console.example.com.elsewhere.example.com",
        "https://CONSOLE.example.com",
        "https://console.example.com/",
    ],
)
@pytest.mark.parametrize(("method", "path"), WITH_TOKENS)
async def test_no_other_origin_may_send_a_token(open_service: Service, method: str, path: str, origin: str) -> None:
    for answer in (
        await preflight(open_service, method, path, origin),
        await open_service.client.request(method, path, headers={"Origin": origin}),
    ):
        assert [name for name in answer.headers if name.startswith("access-control")] == []
        assert "origin" in listed(answer, "vary")


async def test_an_allowed_origin_reads_the_location_of_what_it_registered(open_service: Service) -> None:
    answer = await open_service.post(open_service.upload(), Origin=ALLOWED)

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (201, ALLOWED)
    assert "location" in listed(answer, "access-control-expose-headers")


async def test_without_the_setting_no_origin_may_send_a_token(service: Service) -> None:
    answer = await preflight(service, "POST", ROUTE, ALLOWED)

    assert [name for name in answer.headers if name.startswith("access-control")] == []


@pytest.mark.parametrize("origin", [STRANGER, ALLOWED])
async def test_a_preflight_of_a_method_that_the_route_lacks_does_not_admit_it(
    open_service: Service, origin: str
) -> None:
    answer = await preflight(open_service, "PUT", GCP, origin)

    assert "put" not in listed(answer, "access-control-allow-methods")


@pytest.mark.parametrize("origin", [STRANGER, "null"])
async def test_metrics_may_not_be_read_by_scripts(open_service: Service, origin: str) -> None:
    for answer in (
        await open_service.client.get("/metrics", headers={"Origin": origin}),
        await preflight(open_service, "GET", "/metrics", origin),
    ):
        assert [name for name in answer.headers if name.startswith("access-control")] == []
