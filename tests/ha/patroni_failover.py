"""A Patroni cluster whose leader is killed, or changed, under registrations. See `make test-ha`."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from adapters.postgres.schema import upgrade
from tests.support.load import Load
from tests.support.patroni import Node, PatroniCluster, a_patroni_cluster
from tests.support.postgres import a_folder
from tests.support.published import published
from tests.support.stack import Stack, a_stack
from tests.support.waiting import wait_until

GUIDE = Path("docs/operations.md").read_text()
SETTINGS = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", GUIDE.partition("## Failover")[2], re.DOTALL)[0])
OUTAGE_SECONDS = 180
"""A deadline that only a defect reaches: a leader that is gone is missed after `ttl`, and the machine may be busy."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[PatroniCluster]:
    with a_folder() as folder, a_patroni_cluster(folder, SETTINGS) as cluster:
        upgrade(cluster.dsn)
        yield cluster


@pytest.fixture
def stack(cluster: PatroniCluster, tmp_path: Path) -> Iterator[Stack]:
    with a_stack(cluster.dsn, tmp_path) as stack:
        yield stack


def kill_postgres(cluster: PatroniCluster, leader: Node) -> None:
    leader.kill_postgres()


def kill_the_node(cluster: PatroniCluster, leader: Node) -> None:
    """Without a standby nothing is acknowledged (`synchronous_mode_strict`), so the node has to come back."""
    leader.kill()
    wait_until(cluster.other(leader).leads, seconds=OUTAGE_SECONDS)
    leader.start()


def switch_over(cluster: PatroniCluster, leader: Node) -> None:
    cluster.switch_over()


@pytest.mark.parametrize(("series", "change"), list(enumerate([kill_postgres, kill_the_node, switch_over])))
def test_a_change_of_leader_loses_nothing_that_was_acknowledged(
    stack: Stack,
    cluster: PatroniCluster,
    series: int,
    change: Callable[[PatroniCluster, Node], None],
    request: pytest.FixtureRequest,
) -> None:
    before = cluster.leader()
    after = cluster.other(before)
    with stack.server(REGISTRY_WORKERS="2") as process:
        stack.wait_until_ready(process)
        with Load(stack, series=series) as load:
            load.wait_for_more(100)
            change(cluster, before)
            load.wait_for_more_begun_after(time.monotonic(), seconds=OUTAGE_SECONDS)
            load.wait_for_more(100)
        retried = [stack.post(stack.upload(version)).status_code for version in load.unfinished]
        lost = [version for version, digest in load.digests.items() if digest_of(stack, version) != digest]
    cluster.wait_until_synchronous(after)
    wait_until(lambda: set(load.digests) <= set(published(before.dsn)))
    figures = f"{len(load.digests)} acknowledged, {len(lost)} lost, {len(load.unavailable)} answered 503"
    pause = f"no acknowledgement for {load.longest_pause():.1f} s"
    request.config.get_terminal_writer().line(f"\n{change.__name__}: {figures}, {pause}")

    assert lost == []
    assert set(retried) <= {200, 201}
    load.require_all_once(after.dsn)


def digest_of(stack: Stack, version: str) -> str:
    read = httpx.get(f"{stack.url}/providers/platform/gcp/versions/{version}", trust_env=False, timeout=30)
    return str(read.json()["wheel_sha256"]) if read.is_success else f"{read.status_code}"
