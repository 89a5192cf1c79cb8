"""The backup that docs/operations.md tells operators to make, made and restored with PostgreSQL's own tools."""

import os
import re
import subprocess
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import httpx
import pytest

from adapters.postgres.schema import upgrade
from tests.support.clusters import Cluster, a_cluster
from tests.support.postgres import execute, fetch
from tests.support.stack import Stack, a_stack

BLOCKS = re.findall(r"```bash\n(.*?)```", Path("docs/operations.md").read_text(), re.DOTALL)
BACKUP, RESTORE = ("\n".join(block for block in BLOCKS if tool in block) for tool in ("pg_dump", "pg_restore"))
EVENTS = "SELECT * FROM version_events ORDER BY position"
"""Those of the failed version too, which nobody but writers sees."""
READS = (
    "/providers",
    "/providers/platform/gcp",
    "/providers/platform/gcp/versions",
    "/providers/platform/gcp/versions/latest",
    "/providers/platform/gcp/versions/1.0.0",
    "/providers/platform/gcp/versions/1.0.0/verification",
    "/providers/platform/gcp/versions/1.0.0/schemas",
    "/providers/platform/gcp/versions/1.0.0/history",
    "/providers/platform/gcp/versions/1.1.0/history",
    "/simple/",
    "/simple/pragmatiks-gcp-provider/",
)


def test_a_backup_restored_on_another_server_reads_the_same_and_its_history_is_still_only_added_to(
    server_folder: Path, tmp_path: Path
) -> None:
    with a_cluster(server_folder / "first") as first, a_cluster(server_folder / "second") as second:
        upgrade(first.dsn)
        with a_stack(first.dsn, tmp_path) as stack:
            with stack.server() as process:
                stack.wait_until_ready(process)
                fill(stack)
                before = all_reads(stack)
            told = fetch(first.dsn, EVENTS)
            shell(BACKUP, tmp_path, first, DATABASE_URL=first.dsn)
            shell(RESTORE, tmp_path, second, RESTORED_URL=second.dsn)
            with stack.server(DATABASE_URL=second.dsn) as process:
                stack.wait_until_ready(process)
                after = all_reads(stack)
                kept = fetch(second.dsn, EVENTS)
                yank(stack, "1.0.0")
                grown = stack.get("/providers/platform/gcp/versions/1.0.0/history").json()
        with pytest.raises(asyncpg.RestrictViolationError, match="only ever added to"):
            execute(second.dsn, "DELETE FROM version_events")

    assert {path: answer[0] for path, answer in before.items()} == dict.fromkeys(READS, 200)
    assert after == before
    assert len(kept) == 4
    assert kept == told
    assert [event["action"] for event in grown] == ["published", "yanked"]


def fill(stack: Stack) -> None:
    """Leave a published, a yanked and a failed version."""
    schemas = {"bucket": {"config_schema": {"type": "object"}}}
    assert stack.post(stack.upload("1.0.0", schemas=schemas)).status_code == 201
    assert stack.post(stack.upload("1.1.0")).status_code == 201
    assert stack.post(stack.upload("1.2.0", sha256="0" * 64)).status_code == 422
    yank(stack, "1.1.0")


def yank(stack: Stack, version: str) -> None:
    route = f"{stack.url}/console/providers/platform/gcp/versions/{version}/yank"
    answer = httpx.put(route, json={"reason": "Broken."}, headers=stack.headers(), trust_env=False)
    assert answer.status_code == 200


def all_reads(stack: Stack) -> dict[str, tuple[int, bytes, str | None]]:
    answers = {path: stack.get(path) for path in READS}
    return {path: (answer.status_code, answer.content, answer.headers.get("etag")) for path, answer in answers.items()}


def shell(script: str, folder: Path, cluster: Cluster, **variables: str) -> None:
    environment = {"PATH": f"{cluster.tools}:{os.environ['PATH']}", **variables}
    subprocess.run(["bash", "-euc", script], cwd=folder, env=environment, check=True, capture_output=True, timeout=60)
