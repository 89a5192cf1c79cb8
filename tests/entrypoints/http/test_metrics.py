"""What is told of requests and registrations."""

from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from adapters.instrumentation import Stage
from adapters.memory.observer import InMemoryObserver
from application.errors import WheelHostFailedError
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters, open_telemetry
from entrypoints.settings import TracingSettings
from entrypoints.telemetry import Outcome, Telemetry
from tests.entrypoints.http.conftest import Service, serving


@pytest.fixture
async def watched() -> AsyncIterator[Service]:
    telemetry = open_telemetry(TracingSettings())
    async with serving(MemoryAdapters(), telemetry=telemetry, stages=telemetry.instrumentation) as service:
        yield service


@pytest.fixture
def seen() -> InMemoryObserver:
    return InMemoryObserver()


@pytest.fixture
async def seen_service(seen: InMemoryObserver) -> AsyncIterator[Service]:
    async with serving(MemoryAdapters(), telemetry=Telemetry(observer=seen), stages=seen) as service:
        yield service


async def samples(service: Service, name: str) -> dict[tuple[tuple[str, str], ...], float]:
    text = (await service.client.get("/metrics")).text
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


async def test_registrations_are_counted_by_realm_outcome_and_code(watched: Service) -> None:
    body = watched.upload()
    await watched.post(body)
    await watched.post(body)
    await watched.post({**body, "changelog": "another"})
    await watched.client.post("/console/provider-versions", json=body)

    counted = await samples(watched, "registry_registrations_total")
    named = {
        tuple(dict(labels)[name] for name in ("realm", "outcome", "code")): n for labels, n in counted.items() if n
    }
    assert named == {
        ("console", "created", ""): 1,
        ("console", "unchanged", ""): 1,
        ("console", "refused", "version_conflict"): 1,
        ("console", "refused", "not_authenticated"): 1,
    }


async def test_requests_are_counted_by_route_template_however_many_paths_there_are(watched: Service) -> None:
    for number in range(5):
        await watched.client.get(f"/providers/platform/p{number}/versions")
        await watched.client.get(f"/no/such/{number}")

    counted = await samples(watched, "registry_http_request_duration_seconds_count")
    assert {(dict(labels)["route"], dict(labels)["status"]): count for labels, count in counted.items()} == {
        ("/providers/{prefix}/{name}/versions", "404"): 5,
        ("none", "404"): 5,
    }


async def test_methods_that_nobody_knows_are_one_label(watched: Service) -> None:
    for method in ("BREW", "WHEN"):
        await watched.client.request(method, "/health")

    counted = await samples(watched, "registry_http_request_duration_seconds_count")
    assert [dict(labels)["method"] for labels in counted] == ["other"]


async def test_nothing_is_in_flight_after_a_registration_and_its_wheel_is_counted(watched: Service) -> None:
    await watched.publish()

    assert set((await samples(watched, "registry_registrations_in_flight")).values()) == {0}
    assert set((await samples(watched, "registry_stages_in_flight")).values()) == {0}
    assert list((await samples(watched, "registry_wheel_size_bytes_count")).values()) == [1]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/plain; version=0.0.4; charset=utf-8"),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/plain", "text/plain; version=0.0.4; charset=utf-8"),
        ("application/json", "text/plain; version=0.0.4; charset=utf-8"),
        ("application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ("application/openmetrics-text; version=banana", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ("text/plain; version=banana; escaping=x", "text/plain; version=0.0.4; charset=utf-8"),
        (
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        ),
    ],
)
async def test_metrics_are_in_the_format_that_the_scraper_takes(
    watched: Service, accept: str | None, media_type: str
) -> None:
    response = await watched.client.get("/metrics", headers={"Accept": accept} if accept else {})

    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    assert response.text.endswith("# EOF\n") is media_type.startswith("application/openmetrics-text")
    parse = parse_openmetrics if "openmetrics" in media_type else text_string_to_metric_families
    assert "registry_build_info" in {sample.name for family in parse(response.text) for sample in family.samples}


@pytest.mark.parametrize(
    "path",
    ["/metrics/", "//metrics", "/metrics//", "/%6detrics", "/m%65trics", "/METRICS", "/metrics%2f", "/metrics/x"],
)
async def test_metrics_answer_under_one_spelling_of_their_path(watched: Service, path: str) -> None:
    url = httpx.URL("http://testserver.local").copy_with(raw_path=path.encode())

    assert {(await watched.client.request(method, url)).status_code for method in ("GET", "HEAD")} == {404}


@pytest.mark.parametrize(
    "path",
    [
        "/console/provider-versions/",
        "//console/provider-versions",
        "/console//provider-versions",
        "/%63onsole/provider-versions",
        "/console%2Fprovider-versions",
    ],
)
async def test_what_takes_tokens_answers_under_one_spelling_of_its_path(watched: Service, path: str) -> None:
    url = httpx.URL("http://testserver.local").copy_with(raw_path=path.encode())

    answer = await watched.client.post(url, json=watched.upload(), headers=watched.authorised())

    assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")


async def test_a_path_that_is_none_is_refused_and_no_defect(seen_service: Service, seen: InMemoryObserver) -> None:
    await seen_service.client.post("/console/provider-versions/")

    assert [(attempt.outcome, attempt.code) for attempt in seen.attempts] == [(Outcome.REFUSED, "route_not_found")]


async def test_without_anyone_who_watches_there_are_no_metrics(service: Service) -> None:
    assert (await service.client.get("/metrics")).status_code == 404


async def test_a_registration_goes_through_the_stages_in_order(seen_service: Service, seen: InMemoryObserver) -> None:
    body = seen_service.upload()
    await seen_service.post(body)
    assert seen.stages == [Stage.AUTHENTICATE, Stage.LOAD, Stage.FETCH, Stage.INSPECT, Stage.WRITE]

    await seen_service.post(body)
    assert seen.stages[5:] == [Stage.AUTHENTICATE, Stage.LOAD, Stage.WRITE]  # a repeat confirms what is stored


async def test_a_dry_run_is_counted_apart(seen_service: Service, seen: InMemoryObserver) -> None:
    await seen_service.client.post(
        "/console/provider-versions?dry_run=true", json=seen_service.upload(), headers=seen_service.authorised()
    )

    assert [attempt.outcome for attempt in seen.attempts] == [Outcome.DRY_RUN]


async def test_what_may_be_repeated_failed_and_a_defect_is_an_error(
    seen_service: Service, seen: InMemoryObserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken")

    body = seen_service.upload()
    away = WheelHostFailedError("the wheel's host answers 500")
    seen_service.adapters.fetcher.fail_with(WheelUrl.parse(body["wheel_url"]), away)
    await seen_service.post(body)
    monkeypatch.setattr(seen_service.adapters.store, "load", broken)
    await seen_service.post(body)

    assert [(attempt.outcome, attempt.code) for attempt in seen.attempts] == [
        (Outcome.FAILED, "wheel_host_failed"),
        (Outcome.ERROR, "internal_error"),
    ]


async def test_a_registration_has_one_line_that_tells_how_it_went(watched: Service) -> None:
    body = watched.upload()
    with capture_logs(processors=[merge_contextvars]) as logged:
        await watched.post(body)
        await watched.post({**body, "changelog": "another"})

    created, refused = (line for line in logged if line["event"] == "registration_ended")
    assert (created["outcome"], created["code"], created["provider"]) == ("created", None, "platform/gcp")
    assert list(created["stages"]) == ["authenticate", "load", "fetch", "inspect", "write"]
    assert created["wheel_bytes"] > 0
    assert created["wheel_host"]
    assert (refused["outcome"], refused["code"], refused["wheel_bytes"]) == ("refused", "version_conflict", None)
    assert list(refused["stages"]) == ["authenticate", "load"]
