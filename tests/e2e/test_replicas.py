"""Several replicas on one database: what one of them changes, the others show, whatever they kept."""

from dataclasses import replace

import httpx

from tests.e2e.conftest import Stack
from tests.support.ports import free_port
from tests.support.postgres import cut_connections
from tests.support.waiting import wait_until

VERSION = "/providers/platform/gcp/versions/1.0.0"
LATEST = "/providers/platform/gcp/versions/latest"


def test_a_yank_at_one_replica_shows_at_another_that_kept_the_version(stack: Stack) -> None:
    port = free_port()
    other = replace(stack, url=f"http://127.0.0.1:{port}")
    with stack.server() as first, stack.server(REGISTRY_PORT=str(port)) as second:
        stack.wait_until_ready(first)
        other.wait_until_ready(second)
        stack.post(stack.upload())
        kept = [other.get(path).json()["status"] for path in (VERSION, LATEST, VERSION, LATEST)]

        _yank(stack)
        wait_until(lambda: other.get(VERSION).json()["status"] == "yanked")
        wait_until(lambda: other.get(LATEST).status_code == 404)

        cut_connections(stack.settings["DATABASE_URL"])
        httpx.delete(f"{stack.url}/console{VERSION}/yank", headers=stack.headers(), trust_env=False)
        wait_until(lambda: other.get(LATEST).status_code == 200)

    assert kept == ["published"] * 4


def _yank(stack: Stack) -> None:
    url = f"{stack.url}/console{VERSION}/yank"
    httpx.put(url, json={"reason": "Broken."}, headers=stack.headers(), trust_env=False).raise_for_status()
