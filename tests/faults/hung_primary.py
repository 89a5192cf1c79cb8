"""A primary that hangs instead of ending: every timeout passes once, so this takes a minute. See `make test-faults`."""

from pathlib import Path

from adapters.postgres.migrations import upgrade
from tests.faults.test_database import require_all_once
from tests.support.clusters import a_cluster, a_standby
from tests.support.load import Load
from tests.support.stack import Stack


def test_a_replica_takes_over_from_a_primary_that_says_nothing_any_more(stack: Stack, server_folder: Path) -> None:
    with a_cluster(server_folder / "primary") as primary:
        upgrade(primary.dsn)
        with a_standby(server_folder / "standby", primary) as standby:
            hosts = f"{primary.address},{standby.address}"
            dsn = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
            with stack.server(DATABASE_URL=dsn, REGISTRY_WORKERS="2") as process:
                stack.wait_until_ready(process)
                with Load(stack) as load:
                    load.wait_for_more()
                    primary.suspend()
                    standby.promote()
                    load.wait_for_refusals()
                    load.wait_for_more()
            require_all_once(standby, load)
