"""PostgreSQL goes away under load, and comes back or is replaced; the registry is never restarted."""

from pathlib import Path

from adapters.postgres.migrations import upgrade
from tests.support.clusters import Cluster, a_cluster, a_standby
from tests.support.load import Load
from tests.support.postgres import fetch
from tests.support.stack import Stack

PUBLISHED = """
    SELECT version, count(*) FROM provider_versions v JOIN version_events e ON e.version_id = v.id
    WHERE v.status = 'published' AND e.action = 'published' GROUP BY version
"""


def require_all_once(cluster: Cluster, load: Load) -> None:
    """Fail if an acknowledged version is lost, or if any version is there twice."""
    kept = dict(fetch(cluster.dsn, PUBLISHED))
    assert set(load.acknowledged) <= set(kept)
    assert set(kept.values()) == {1}
    assert len(load.acknowledged) == len(set(load.acknowledged))


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
        require_all_once(cluster, load)

    assert (alive.status_code, ready.status_code) == (200, 503)
    assert {answer.json()["code"] for answer in load.unavailable} == {"database_unavailable"}
    assert set(again) == {200}


def test_a_replica_takes_over_from_a_killed_primary_with_every_acknowledged_version(
    stack: Stack, server_folder: Path
) -> None:
    with a_cluster(server_folder / "primary") as primary:
        upgrade(primary.dsn)
        with a_standby(server_folder / "standby", primary) as standby:
            hosts = f"{primary.address},{standby.address}"
            dsn = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
            with stack.server(DATABASE_URL=dsn, REGISTRY_WORKERS="2") as process:
                stack.wait_until_ready(process)
                with Load(stack) as load:
                    load.wait_for_more()
                    primary.kill()
                    load.wait_for_refusals()
                    standby.promote()
                    load.wait_for_more()
            require_all_once(standby, load)
