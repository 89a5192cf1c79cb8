"""A wheel host that is slow, lies or resets, through the whole server."""

from pathlib import Path

import pytest

from tests.builders import a_wheel
from tests.support.https_host import Reply, endless, file, hang, raw, reset
from tests.support.postgres import fetch
from tests.support.slow_host import SlowHost
from tests.support.stack import DISTRIBUTION, Stack

pytestmark = pytest.mark.faults

OTHER = a_wheel(DISTRIBUTION, files={"gcp_provider/__init__.py": b"other"})
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"

FAULTS: dict[str, tuple[Reply, int, str]] = {
    "1.0.0": (hang, 504, "wheel_host_timeout"),
    "1.0.1": (endless(HEAD % 1_000_000, b"x", pause=0.01), 504, "wheel_host_timeout"),
    "1.0.2": (reset, 502, "wheel_host_failed"),
    "1.0.3": (raw(HEAD % 1_000_000, b"PK\x03\x04"), 502, "wheel_host_failed"),
    "1.0.4": (raw(b"SSH-2.0-OpenSSH_9.9\r\n"), 502, "wheel_host_failed"),
    "1.0.5": (file(OTHER), 422, "wheel_digest_mismatch"),
}


def test_a_host_that_is_slow_lies_or_resets_is_named_and_publishes_nothing(
    stack: Stack, slow_host: SlowHost, tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    limits = {"REGISTRY_WHEEL_SPOOL_DIR": str(spool), "REGISTRY_WHEEL_DEADLINE_SECONDS": "2"}
    with stack.server(**limits, **slow_host.settings) as process:
        stack.wait_until_ready(process)
        wheels = {version: a_wheel(DISTRIBUTION, version) for version in FAULTS}
        bodies = [slow_host.offer(wheels[version], reply, version) for version, (reply, _, _) in FAULTS.items()]
        with stack.posting(*bodies) as answers:
            problems = [answer.result().json() for answer in answers]
        published = fetch(stack.settings["DATABASE_URL"], "SELECT FROM provider_versions WHERE status = 'published'")
        left = list(spool.iterdir())
        mended = [stack.post(slow_host.offer(wheels[version], file(wheels[version]), version)) for version in FAULTS]

    assert [(problem["status"], problem["code"]) for problem in problems] == [
        (status, code) for _, status, code in FAULTS.values()
    ]
    assert [problem["code"] for problem in problems if "within 2 seconds" in problem["detail"]] == [
        "wheel_host_timeout"
    ] * 2
    assert (published, left) == ([], [])
    assert {answer.status_code for answer in mended} == {201}
