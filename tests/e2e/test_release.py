"""A release machine registers over HTTP, through every layer."""

import http.client
import json
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import Stack


@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
def test_a_version_is_registered_once_served_and_harmless_to_repeat(stack: Stack, token_format: str) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        token = stack.clerk.mint(stack.release, format=token_format)  # type: ignore[arg-type] # parametrised

        first = stack.post(stack.upload(), token)
        again = stack.post(stack.upload(), token)
        latest = stack.get("/providers/platform/gcp/versions/latest")

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json() == latest.json()
    assert first.json()["package_name"] == "gcp_provider"
    assert first.json()["registered_by"] == stack.release.id


def test_refusals_keep_their_status_through_every_layer(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        stranger = stack.clerk.add_machine(scopes=[stack.registry.id])
        foreign = stack.clerk.add_machine(scopes=["mch_somebody_else"])
        answers = {
            401: stack.post(stack.upload(), stack.clerk.mint(foreign, format="jwt")),
            403: stack.post(stack.upload(), stack.clerk.mint(stranger)),
            422: stack.post(stack.upload(sha256="0" * 64)),
            404: stack.get("/providers/platform/gcp/versions"),
        }

    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    assert answers[422].json()["code"] == "wheel_digest_mismatch"


def test_fifty_identical_requests_at_once_are_one_201_and_forty_nine_200s(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        body, token = stack.upload(), stack.clerk.mint(stack.release, format="jwt")
        with ThreadPoolExecutor(50) as pool:
            statuses = [answer.status_code for answer in pool.map(lambda _: stack.post(body, token), range(50))]

        assert len(stack.get("/providers/platform/gcp/versions").json()) == 1
    assert sorted(statuses) == [200] * 49 + [201]


def test_of_two_contents_for_one_version_at_once_one_wins_and_the_other_is_409(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        token = stack.clerk.mint(stack.release, format="jwt")
        bodies = [stack.upload(changelog=text) for text in ("one", "other")]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda body: stack.post(body, token), bodies))

        stored = stack.get("/providers/platform/gcp/versions/1.0.0").json()
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert next(answer for answer in answers if answer.status_code == 201).json() == stored


def test_sigterm_ends_the_server_in_order(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        process.send_signal(signal.SIGTERM)

        assert process.wait(20) == 0


def test_a_killed_server_leaves_nothing_that_a_retry_stumbles_over(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        first = stack.post(stack.upload())
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        _, left = psutil.wait_procs(workers, timeout=30)
    assert workers
    assert not left
    with stack.server() as process:
        stack.wait_until_ready(process)
        again = stack.post(stack.upload())

    assert (first.status_code, again.status_code) == (201, 200)


def test_a_wheel_on_a_private_address_is_refused_unless_allowed(stack: Stack) -> None:
    with stack.server(REGISTRY_WHEEL_ALLOWED_NETWORKS="") as process:
        stack.wait_until_ready(process)
        answer = stack.post(stack.upload())

    assert (answer.status_code, answer.json()["code"]) == (422, "wheel_address_forbidden")


def test_several_authorization_headers_are_401_however_good_each_is(stack: Stack) -> None:
    with stack.server() as process:
        stack.wait_until_ready(process)
        connection = http.client.HTTPConnection("127.0.0.1", int(stack.settings["REGISTRY_PORT"]), timeout=30)
        connection.putrequest("POST", "/console/provider-versions")
        for _ in range(2):
            connection.putheader("Authorization", stack.headers()["Authorization"])
        connection.putheader("Content-Length", "0")
        connection.endheaders()
        answer = connection.getresponse().status
        connection.close()

    assert answer == 401
    assert "several Authorization headers" in stack.log.read_text()


def test_neither_tokens_nor_secrets_reach_the_log(stack: Stack) -> None:
    opaque, signed = stack.clerk.mint(stack.release), stack.clerk.mint(stack.release, format="jwt")
    with stack.server(REGISTRY_LOG_LEVEL="debug") as process:
        stack.wait_until_ready(process)
        for token in (opaque, signed, f"{signed}x"):
            stack.post(stack.upload(), token)

    log = stack.log.read_text()
    assert '"request"' in log
    assert not [secret for secret in (opaque, signed, stack.registry.secret) if secret in log]


def test_a_client_that_goes_away_takes_its_registration_with_it(stack: Stack, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as silent_host:
        body = {**stack.upload(), "wheel_url": a_url_on(silent_host)}
        with stack.server(REGISTRY_WHEEL_SPOOL_DIR=str(spool)) as process:
            stack.wait_until_ready(process)
            connection = http.client.HTTPConnection("127.0.0.1", int(stack.settings["REGISTRY_PORT"]), timeout=30)
            headers = {**stack.headers(), "Content-Type": "application/json"}
            connection.request("POST", "/console/provider-versions", json.dumps(body), headers)
            fetching, _ = silent_host.accept()
            connection.close()
            with fetching:
                fetching.settimeout(30)
                while fetching.recv(4096):
                    pass  # ends when the registry gives up the fetch, long before its own timeouts
            wait_for(stack, process, "client_disconnected")

    assert list(spool.iterdir()) == []


def a_url_on(host: socket.socket) -> str:
    return f"https://127.0.0.1:{host.getsockname()[1]}/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"


def wait_for(stack: Stack, process: subprocess.Popen[bytes], logged: str) -> None:
    for _ in range(200):
        if logged in stack.log.read_text():
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError(f"{logged} was never logged")
