"""The real server seen from outside: metrics of all workers, log lines, traces."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.conftest import Stack
from tests.support.otlp import attributes, otlp_receiver

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


def total(stack: Stack, name: str, **labels: str) -> float:
    """Sum a sample over the labels that are not given, as whichever worker answers shows it."""
    families = text_string_to_metric_families(stack.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


def test_every_worker_shows_what_all_have_counted(stack: Stack, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with stack.server(REGISTRY_WORKERS="2", TMPDIR=str(temporary)) as process:
        stack.wait_until_ready(process)
        stack.post(stack.upload())
        for _ in range(20):  # each over a connection of its own, so that both workers have some
            stack.get("/providers/platform/gcp/versions/1.0.0")
        route = "/providers/{prefix}/{name}/versions/{version}"
        counts = {total(stack, "registry_http_request_duration_seconds_count", route=route) for _ in range(10)}
        registered = {total(stack, "registry_registrations_total", outcome="created") for _ in range(10)}

    assert (counts, registered) == ({20}, {1})
    assert list(temporary.glob("registry-metrics-*")) == []


def test_a_worker_that_is_killed_takes_its_gauges_with_it_and_not_its_counts(stack: Stack) -> None:
    with stack.server(REGISTRY_DATABASE_POOL_SIZE="7") as process:
        stack.wait_until_ready(process)
        stack.post(stack.upload())
        workers = psutil.Process(process.pid).children()
        for worker in workers:
            worker.kill()
        psutil.wait_procs(workers, timeout=30)
        wait_until_served_again(stack, process)

        assert total(stack, "registry_database_pool_size") == 7
        assert total(stack, "registry_registrations_total", outcome="created") == 1


def test_the_log_of_a_registration_is_json_line_by_line_and_tells_no_secret(stack: Stack) -> None:
    token = stack.clerk.mint(stack.release)
    body = stack.upload()
    signed = {**stack.upload("1.1.0"), "wheel_url": f"{stack.upload('1.1.0')['wheel_url']}?signature=s1gnature"}
    named = {**body, "wheel_url": str(body["wheel_url"]).replace("https://", "https://user:passw0rd@")}
    with stack.server(REGISTRY_LOG_LEVEL="debug") as process:
        stack.wait_until_ready(process)
        for each in (body, body, signed, named):
            stack.post(each, token)

    text = stack.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    registrations = [line for line in lines if line["event"] == "registration_ended"]
    assert [line["outcome"] for line in registrations[:2]] == ["created", "unchanged"]
    assert (
        registrations[0] | {"realm": "console", "machine_id": stack.release.id, "provider": "platform/gcp"}
        == (registrations[0])
    )
    assert len(registrations) == 4
    secrets = (token, stack.registry.secret, stack.settings["DATABASE_URL"], "s1gnature", "passw0rd")
    assert [secret for secret in secrets if secret in text] == []


def test_a_registration_is_a_trace_below_its_callers(stack: Stack) -> None:
    with otlp_receiver() as receiver, stack.server(REGISTRY_TRACING_ENDPOINT=receiver.url) as process:
        stack.wait_until_ready(process)
        token = stack.clerk.mint(stack.release)
        httpx.post(
            f"{stack.url}/console/provider-versions",
            json=stack.upload(),
            headers={**stack.headers(token), "traceparent": f"00-{TRACE}-{PARENT}-01"},
            trust_env=False,
            timeout=30,
        ).raise_for_status()
        process.terminate()
        assert process.wait(30) == 0

    (request,) = receiver.named("POST /console/provider-versions")
    (registering,) = receiver.named("register")
    below = [span.name for span in receiver.spans if span.parent_span_id == registering.span_id]
    assert receiver.paths == {"/v1/traces"}
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, PARENT)
    assert attributes(request)["http.response.status_code"] == 201
    assert registering.parent_span_id == request.span_id
    noted = {"registry.realm": "console", "registry.outcome": "created", "registry.code": ""}
    assert noted.items() < attributes(registering).items()
    assert "registry.wheel_bytes" in attributes(registering)
    assert sorted(below) == ["authenticate", "fetch", "inspect", "load", "write"]
    assert [span.trace_id.hex() for span in receiver.named("clerk m2m_tokens")] == [TRACE]
    assert not [body for body in receiver.raw if token.encode() in body or stack.registry.secret.encode() in body]
    lines = [json.loads(line) for line in stack.log.read_text().splitlines()]
    assert [line["trace_id"] for line in lines if line["event"] == "registration_ended"] == [TRACE]


def test_the_span_of_a_head_request_is_named_by_its_method(stack: Stack) -> None:
    with otlp_receiver() as receiver, stack.server(REGISTRY_TRACING_ENDPOINT=receiver.url) as process:
        stack.wait_until_ready(process)
        httpx.head(f"{stack.url}/providers", trust_env=False, timeout=30).raise_for_status()
        process.terminate()
        assert process.wait(30) == 0

    (request,) = receiver.named("HEAD /providers")
    assert attributes(request)["http.request.method"] == "HEAD"


def test_a_receiver_that_is_away_neither_stops_registrations_nor_the_end_of_the_server(stack: Stack) -> None:
    with stack.server(REGISTRY_TRACING_ENDPOINT="http://127.0.0.1:9") as process:
        stack.wait_until_ready(process)
        answer = stack.post(stack.upload())
        process.terminate()

        assert (answer.status_code, process.wait(30)) == (201, 0)


def wait_until_served_again(stack: Stack, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with suppress(httpx.TransportError):
            if stack.get("/health/ready").status_code == 200:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError("no worker came back")
