"""How much of what is pending is appended in one transaction."""

import pytest

from adapters.postgres import log_writer
from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from provider_registry_testing.logs import append_to, open_log
from provider_registry_testing.writes import writing
from tests.builders import NOW, a_version, some_metadata
from tests.support.postgres import fetch
from tests.support.stores import put
from tests.support.transparency_log import PostgresLog


@pytest.mark.hostile
async def test_steps_of_a_large_version_are_loaded_one_by_one(
    database: Database, database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "_MAX_CHARACTERS", 1)
    log, version = PostgresLog(database), a_version(changelog="Better.")
    await open_log(log)
    store = PostgresVersionRepository(database)
    await store.update(version.name, version.version, writing(version, some_metadata()))
    await put(store, version.yank("broken", at=NOW), version)

    await append_to(log)

    sizes = [row[0] for row in fetch(database_dsn, "SELECT size FROM log_checkpoints ORDER BY size")]
    assert sizes == [1, 2, 3, 4, 5]
