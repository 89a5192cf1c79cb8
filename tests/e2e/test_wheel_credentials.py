"""Credentials of wheel hosts, of the proxy to them and of the mirror's bucket, through the whole server."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from tests.builders import a_wheel
from tests.e2e.conftest import Stack
from tests.e2e.test_availability import OFTEN
from tests.e2e.test_command_line import run
from tests.support.egress_proxy import ScriptedProxy, scripted_proxy
from tests.support.https_host import Reply, file, raw, redirect, reset, status
from tests.support.otlp import otlp_receiver
from tests.support.postgres import execute, fetch
from tests.support.slow_host import SlowHost, a_slow_host
from tests.support.stack import DISTRIBUTION
from tests.support.waiting import wait_until

PASSWORD, PROXY_PASSWORD = "m4rked-wheel-password", "m4rked-proxy-password"
MARKS = [
    "m4rked",
    *(
        b64encode(f"{user}:{word}".encode()).decode()
        for user, word in (("registry", PASSWORD), ("out", PROXY_PASSWORD))
    ),
]
BUCKET = {
    "REGISTRY_MIRROR": "best_effort",
    "REGISTRY_MIRROR_URL": "s3://m4rked-bucket/m4rked-prefix",
    "REGISTRY_MIRROR_ALLOW_HTTP": "true",
    "REGISTRY_MIRROR_REDIRECT": "true",
    "REGISTRY_MIRROR_PUBLIC_ENDPOINT": "https://m4rked-public.example.com",
    "AWS_ENDPOINT_URL": "http://m4rked.localhost:9",
    "AWS_ACCESS_KEY_ID": "m4rked-id",
    "AWS_SECRET_ACCESS_KEY": "m4rked-key",
    "AWS_REGION": "us-east-1",
}
"""Of a mirror whose storage does not answer."""
COPIED = "INSERT INTO mirrored_wheels VALUES ('{0}', {1}, '{0}', {1}, now())"
TRIED_AGAIN = "SELECT FROM tasks WHERE last_error IS NOT NULL"
OTHER = a_wheel(DISTRIBUTION, files={"gcp_provider/__init__.py": b"other"})
READS = [
    *("/", "/providers", "/providers/platform/gcp", "/metrics", "/health/ready", "/simple/"),
    *(f"/providers/platform/gcp/versions{tail}" for tail in ("", "/1.0.0", "/1.0.0/history", "/1.0.0/install")),
    "/providers/platform/gcp/versions/1.0.0/availability",
    *("/providers/platform/gcp/versions/1.0.0/verification", "/catalog/platform/gcp", "/catalog/platform/gcp/1.0.0"),
]


@pytest.fixture
def host(stack: Stack, tmp_path: Path) -> Iterator[SlowHost]:
    with a_slow_host(stack, tmp_path) as host:
        yield host


@pytest.fixture
def proxy(host: SlowHost) -> Iterator[ScriptedProxy]:
    target = ("127.0.0.1", host.scripted.port)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(scripted_proxy(target)) as proxy:
        yield proxy


def checked(stack: Stack) -> object:
    """Return when the first version's wheel was last found to be refused."""
    found = stack.get("/providers/platform/gcp/versions/1.0.0/availability").json()
    return found["failure"] and found["checked_at"]


def replies(host: SlowHost, data: bytes) -> dict[str, tuple[Reply, str]]:
    """Return what the host makes of each version, and what is made of it."""
    elsewhere = f"https://127.0.0.2:{host.scripted.port}/elsewhere"
    return {
        "1.0.0": (file(data), "published"),
        "1.0.1": (status(401, f"WWW-Authenticate: Basic realm={PASSWORD}"), "wheel_host_failed"),
        "1.0.2": (redirect(elsewhere), "wheel_address_forbidden"),
        "1.0.3": (redirect(f"http://registry:{PASSWORD}@127.0.0.1/"), "wheel_redirect_forbidden"),
        "1.0.4": (reset, "wheel_host_failed"),
        "1.0.5": (raw(PASSWORD.encode() + b"\r\n\r\n"), "wheel_host_failed"),
        "1.0.6": (file(OTHER), "wheel_digest_mismatch"),
        "1.0.7": (status(500, f"X-Echo: {PASSWORD}"), "wheel_host_failed"),
    }


def test_credentials_are_in_no_log_answer_page_metric_span_or_row(
    stack: Stack, host: SlowHost, proxy: ScriptedProxy, tmp_path: Path
) -> None:
    path = tmp_path / "credentials.json"
    path.touch(mode=0o600)
    basic = {"username": "registry", "password": PASSWORD}
    path.write_text(json.dumps([{"host": f"127.0.0.1:{host.scripted.port}", "basic": basic}]))
    settings = {
        **OFTEN,
        "REGISTRY_LOG_LEVEL": "debug",
        "REGISTRY_WHEEL_CREDENTIALS_FILE": str(path),
        "REGISTRY_WHEEL_PROXY_URL": f"http://out:{PROXY_PASSWORD}@127.0.0.1:{proxy.port}",
        **host.settings,
        **BUCKET,
    }
    answers, outcomes = [], []
    with (
        otlp_receiver() as receiver,
        stack.server(**settings, REGISTRY_TRACING_ENDPOINT=receiver.url) as process,
    ):
        stack.wait_until_ready(process)
        for version, (reply, _) in replies(host, b"").items():
            data = a_wheel(DISTRIBUTION, version)
            body = host.offer(data, reply if version != "1.0.0" else file(data), version)
            answer = stack.post(body)
            outcomes.append(answer.json().get("code", answer.json()["status"]))
            answers += [answer, stack.post({**body, "name": "platform/other"})]
        for version, reply in (("3.0.0", status(500, f"X-Echo: {PASSWORD}")), ("3.0.1", raw(PASSWORD.encode()))):
            answers.append(stack.post(host.offer(b"", reply, version), fields={"Prefer": "respond-async"}))
        later = [answer.headers["location"] for answer in answers[-2:]]
        wait_until(lambda: len(fetch(stack.settings["DATABASE_URL"], TRIED_AGAIN)) == 2)
        for refusal in (status(401, f"WWW-Authenticate: Basic realm={PASSWORD}"), raw(PASSWORD.encode())):
            host.offer(b"", refusal, "1.0.0")
            before = checked(stack)
            wait_until(lambda before=before: checked(stack) != before)  # type: ignore[misc]
        path.write_text("[")
        for proxys in (b"HTTP/1.1 407 no\r\n\r\n", PROXY_PASSWORD.encode(), b"HTTP/1.1 200\r\n\r\nx"):
            proxy.answer = proxys
            answers.append(stack.post(host.upload("2.0.0")))
        first = stack.get("/providers/platform/gcp/versions/1.0.0").json()
        execute(stack.settings["DATABASE_URL"], COPIED.format(first["wheel_sha256"], first["wheel_size"]))
        copy = f"/files/{first['wheel_sha256']}/{first['wheel_filename']}"
        unread = [stack.get(copy), stack.get(f"{copy}.metadata")]
        mirror = [run("mirror", each, **{**stack.settings, **settings}) for each in ("verify", "backfill", "sweep")]
        answers += [*unread, *(stack.get(each) for each in (*later, *READS))]
        process.terminate()
        assert process.wait(30) == 0

    sent = [PASSWORD in str(request.head) or MARKS[1].encode() in request.head for request in host.scripted.requests]
    assert outcomes == [expected for _, expected in replies(host, b"").values()]
    assert [answer.status_code for answer in answers[-len(READS) :]] == [200] * len(READS)
    assert [answer.json()["code"] for answer in unread] == ["mirror_unavailable"] * 2
    assert {ended.returncode for ended in mirror} != {0}
    assert "mirror_failed" in stack.log.read_text()
    assert "wheel_credentials_refused" in stack.log.read_text()
    assert sent == [True] * len(sent)
    assert len(sent) >= len(outcomes)

    tables = [
        row[0]
        for row in fetch(stack.settings["DATABASE_URL"], "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    rows = [str(fetch(stack.settings["DATABASE_URL"], f'SELECT "{table}"::text FROM "{table}"')) for table in tables]
    shown = [answer.text + str(answer.headers) for answer in answers]
    told = [ended.stdout + ended.stderr for ended in mirror]
    places = [*told, stack.log.read_text(), *rows, *shown, *(body.decode("latin-1") for body in receiver.raw)]
    assert len(rows) > 5
    assert len(receiver.raw) > 0
    assert [place for place in places if any(mark in place for mark in MARKS)] == []
