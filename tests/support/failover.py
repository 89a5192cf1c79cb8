"""A registry under load, on a primary and a synchronous standby that may take its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.postgres.schema import upgrade
from tests.support.clusters import Cluster, a_cluster, a_standby
from tests.support.load import Load
from tests.support.stack import Stack


@contextmanager
def a_failover(stack: Stack, folder: Path, *, standby_first: bool = False) -> Iterator[tuple[Cluster, Cluster, Load]]:
    """Give the primary, the standby and the load; fail if the standby then has not all that was acknowledged.

    The primary is named first, as it is before any failover, or the standby, as it is after one.
    """
    with a_cluster(folder / "primary") as primary:
        upgrade(primary.dsn)
        with a_standby(folder / "standby", primary) as standby:
            hosts = [standby.address, primary.address] if standby_first else [primary.address, standby.address]
            dsn = f"postgresql://postgres@{','.join(hosts)}/postgres?target_session_attrs=read-write"
            with stack.server(DATABASE_URL=dsn, REGISTRY_WORKERS="2") as process:
                stack.wait_until_ready(process)
                with Load(stack) as load:
                    load.wait_for_more()
                    yield primary, standby, load
            load.require_all_once(standby.dsn)
