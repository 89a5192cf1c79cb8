"""With synchronous replication, what is acknowledged is on the standby, however often it was sent."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.postgres.engine import ConnectionOptions, Database
from adapters.postgres.schema import upgrade
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreUnavailableError
from domain.semver import SemVer
from domain.version_state import VersionSnapshot
from tests.builders import a_name, a_version
from tests.support.clusters import Cluster, a_cluster, a_standby
from tests.support.stores import Decided, writing

ONE = SemVer.parse("1.0.0")
_ATTEMPTS = 5  # on a busy machine the timeout may come before the commit


@pytest.fixture
def pair(server_folder: Path) -> Iterator[tuple[Cluster, Cluster]]:
    with a_cluster(server_folder / "primary") as primary:
        upgrade(primary.dsn)
        with a_standby(server_folder / "standby", primary) as standby:
            yield primary, standby


@pytest.fixture
async def store(pair: tuple[Cluster, Cluster]) -> AsyncIterator[PostgresVersionRepository]:
    database = Database(pair[0].dsn, ConnectionOptions(command_timeout=1))
    yield PostgresVersionRepository(database)
    await database.dispose()


async def test_a_repeat_is_not_acknowledged_while_no_standby_has_what_it_repeats(
    pair: tuple[Cluster, Cluster], store: PostgresVersionRepository
) -> None:
    _, standby = pair
    before = await store.load(a_name(), ONE)
    standby.suspend()
    for _ in range(_ATTEMPTS):
        with pytest.raises(StoreUnavailableError):
            await store.update(a_name(), ONE, writing(a_version("1.0.0")))
        if (seen := await store.load(a_name(), ONE)).version is not None:
            break
    assert seen.version is not None, "PostgreSQL shows what was committed here alone"

    for known in (None, seen, before):
        with pytest.raises(StoreUnavailableError):
            await store.update(a_name(), ONE, unless_there, seen=known)
    standby.resume()

    assert (await store.update(a_name(), ONE, unless_there, seen=before)).version == seen.version


def unless_there(stored: VersionSnapshot) -> Decided:
    return writing()(stored) if stored.version is not None else writing(a_version("1.0.0"))(stored)
