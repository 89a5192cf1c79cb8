"""PostgreSQL goes away under load, and comes back or is replaced; the registry is never restarted."""

from pathlib import Path

import pytest

from adapters.postgres.schema import upgrade
from tests.support.clusters import a_cluster
from tests.support.failover import a_failover
from tests.support.load import Load
from tests.support.postgres import fetch
from tests.support.relay import a_relay
from tests.support.stack import Stack

pytestmark = pytest.mark.faults


def test_a_restart_of_the_database_loses_nothing_and_needs_none_of_the_registry(
    stack: Stack, server_folder: Path
) -> None:
    with a_cluster(server_folder / "data") as cluster:
        upgrade(cluster.dsn)
        with stack.server(DATABASE_URL=cluster.dsn, REGISTRY_WORKERS="2") as process:
            stack.wait_until_ready(process)
            with Load(stack) as load:
                load.wait_for_more()
                cluster.stop_immediately()
                load.wait_for_refusals()
                alive, ready = stack.get("/health"), stack.get("/health/ready")
                cluster.start()
                load.wait_for_more()
            again = [stack.post(stack.upload(version)).status_code for version in load.acknowledged[:5]]
        load.require_all_once(cluster.dsn)

    assert (alive.status_code, ready.status_code) == (200, 503)
    assert {answer.json()["code"] for answer in load.unavailable} == {"database_unavailable"}
    assert set(again) == {200}


def test_connections_that_a_nat_forgot_are_noticed_by_no_reader_and_no_release(
    stack: Stack, server_folder: Path
) -> None:
    with a_cluster(server_folder / "data") as cluster, a_relay("127.0.0.1", cluster.port) as relay:
        upgrade(cluster.dsn)
        dsn = f"postgresql://postgres@127.0.0.1:{relay.port}/postgres"
        with stack.server(DATABASE_URL=dsn, REGISTRY_READ_CACHE_BYTES="0") as process:
            stack.wait_until_ready(process)
            assert stack.post(stack.upload("1.0.0")).status_code == 201
            relay.forget()
            read = stack.get("/providers/platform/gcp/versions/1.0.0")
            relay.forget()
            registered = stack.post(stack.upload("1.1.0"))
            made = relay.accepted
        versions = fetch(cluster.dsn, "SELECT version FROM provider_versions ORDER BY version")

    assert (read.status_code, registered.status_code) == (200, 201)
    assert versions == [("1.0.0",), ("1.1.0",)]
    assert made < 30


@pytest.mark.parametrize("standby_first", [False, True], ids=["primary named first", "standby named first"])
def test_a_replica_takes_over_from_a_killed_primary_with_every_acknowledged_version(
    stack: Stack, server_folder: Path, standby_first: bool
) -> None:
    with a_failover(stack, server_folder, standby_first=standby_first) as (primary, standby, load):
        primary.kill()
        load.wait_for_refusals()
        standby.promote()
        load.wait_for_more()
