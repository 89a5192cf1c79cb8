"""What the functions of the transparency log do with the rights of the tables' owner."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from provider_registry_testing.logs import open_log
from tests.builders import a_version
from tests.support.postgres import execute, fetch
from tests.support.stores import put
from tests.support.transparency_log import PostgresLog

PENDING = "SELECT count(*) FROM log_pending"


@pytest.fixture
def role(database_dsn: str) -> Iterator[str]:
    """A role that may read and write what the release before has."""
    name = f"test_{uuid4().hex}"
    tables = "providers, provider_versions, version_events"
    execute(database_dsn, f"CREATE ROLE {name}", f"GRANT SELECT, INSERT, UPDATE ON {tables} TO {name}")
    yield name
    execute(database_dsn, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


async def test_a_role_without_rights_on_the_log_still_leaves_its_events(
    database: Database, database_dsn: str, role: str
) -> None:
    await put(PostgresVersionRepository(database), a_version())
    await open_log(PostgresLog(database))
    before = fetch(database_dsn, PENDING)[0][0]

    execute(
        database_dsn,
        f"SET ROLE {role}",
        "INSERT INTO version_events (id, version_id, action, at, actor) "
        "SELECT gen_random_uuid(), id, 'yanked', now(), 'mch_release' FROM provider_versions",
    )

    assert fetch(database_dsn, PENDING) == [(before + 1,)]


@pytest.mark.hostile
async def test_a_temporary_table_takes_no_place_of_a_table(database: Database, database_dsn: str, role: str) -> None:
    await put(PostgresVersionRepository(database), a_version())
    await open_log(PostgresLog(database))
    before = fetch(database_dsn, PENDING)
    positions = [row[0] for row in fetch(database_dsn, "SELECT position FROM log_pending")]
    events = [row[0] for row in fetch(database_dsn, "SELECT event_id FROM log_pending")]

    execute(
        database_dsn,
        f"SET ROLE {role}",
        "CREATE TEMPORARY TABLE log_entries (event_id uuid)",
        *(f"INSERT INTO pg_temp.log_entries VALUES ('{event}')" for event in events),
        f"SELECT remove_pending(ARRAY{positions}::bigint[])",
    )

    assert fetch(database_dsn, PENDING) == before
