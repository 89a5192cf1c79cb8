"""The disk for wheels is full."""

from pathlib import Path

import pytest

from tests.support.load import Load
from tests.support.points import LONG
from tests.support.postgres import fetch
from tests.support.slow_host import SlowHost
from tests.support.small_disk import a_small_disk
from tests.support.stack import Stack

pytestmark = pytest.mark.faults

TIMES = 5


def test_a_full_disk_is_a_503_that_leaves_neither_a_row_nor_a_file_and_hurts_no_small_wheel(
    stack: Stack, slow_host: SlowHost, tmp_path: Path
) -> None:
    with (
        a_small_disk(tmp_path / "spool") as disk,
        stack.server(REGISTRY_WHEEL_SPOOL_DIR=str(disk.folder), **slow_host.settings) as process,
    ):
        stack.wait_until_ready(process)
        disk.bound(process)
        full = stack.post(slow_host.upload(files={"gcp_provider/__init__.py": LONG}))
        left = list(disk.folder.iterdir())
        rows = fetch(stack.settings["DATABASE_URL"], "SELECT FROM provider_versions")
        small = stack.post(slow_host.upload())

    assert (full.status_code, full.json()["code"]) == (503, "spool_unavailable")
    assert "room on disk" in full.json()["detail"]
    assert int(full.headers["Retry-After"]) > 0
    assert (left, rows) == ([], [])
    assert small.status_code == 201


def test_a_disk_that_fills_up_under_load_costs_nothing_but_what_did_not_fit(stack: Stack, tmp_path: Path) -> None:
    with (
        a_small_disk(tmp_path / "spool") as disk,
        stack.server(
            REGISTRY_WHEEL_SPOOL_DIR=str(disk.folder), REGISTRY_WORKERS="2", REGISTRY_LOG_LEVEL="error"
        ) as process,
    ):
        stack.wait_until_ready(process)
        disk.bound(process)
        large = stack.upload("2.0.0", files={"gcp_provider/__init__.py": LONG})
        with Load(stack) as load:
            load.wait_for_more()
            refused = [stack.post(large) for _ in range(TIMES)]
            load.wait_for_more()
        left = list(disk.folder.iterdir())

    load.require_all_once(stack.settings["DATABASE_URL"])
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(503, "spool_unavailable")}
    assert {answer.json()["code"] for answer in load.unavailable} <= {"spool_unavailable"}
    assert left == []
