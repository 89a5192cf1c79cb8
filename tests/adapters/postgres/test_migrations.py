"""Migrations walk every step both ways, and end where the models are."""

import subprocess
import sys
from typing import Any

import pytest
from advanced_alchemy.alembic.commands import AlembicCommands
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_mock_engine

from adapters.postgres.engine import unpooled_config
from adapters.postgres.migrations import LOCATION, MIGRATION_LOCK
from adapters.postgres.revisions import KNOWN
from adapters.postgres.schema import current, downgrade, is_compatible, upgrade
from adapters.postgres.tables import VersionRow
from application.errors import StoreUnavailableError
from tests.support.postgres import connected, execute, fetch

REVISIONS = [script.revision for script in ScriptDirectory(LOCATION).walk_revisions()][::-1]
LAYOUT = """
    SELECT 'column', c.relname || '.' || a.attname,
        format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || coalesce(collname, '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_collation o ON o.oid = attcollation
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND relkind = 'r'
    UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2
"""
CODE = """
    SELECT 'trigger', tgname::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname::text, pg_get_functiondef(oid)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1, 2
"""
"""What models know nothing of."""
WAITING = """
    SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
"""


def schema_of(dsn: str) -> list[tuple[str, str, str]]:
    return [row for row in fetch(dsn, LAYOUT) if "alembic_versions" not in str(row)]


def layout_and_code(dsn: str) -> list[tuple[str, str, str]]:
    return [*schema_of(dsn), *fetch(dsn, CODE)]


def test_there_are_migrations_and_they_end_in_one_head() -> None:
    assert REVISIONS
    assert ScriptDirectory(LOCATION).get_heads() == [REVISIONS[-1]]


def test_a_file_begins_with_its_revision_so_that_the_server_needs_no_alembic() -> None:
    revisions = [script.revision for script in ScriptDirectory(LOCATION).walk_revisions()]

    assert revisions[::-1] == KNOWN


def test_each_revision_goes_up_and_down_and_up_again(empty_database_dsn: str) -> None:
    for before, revision in zip(["base", *REVISIONS], REVISIONS, strict=False):
        earlier = layout_and_code(empty_database_dsn)
        upgrade(empty_database_dsn, revision)
        later = layout_and_code(empty_database_dsn)
        assert current(empty_database_dsn) == {revision}
        downgrade(empty_database_dsn, before)
        assert layout_and_code(empty_database_dsn) == earlier
        upgrade(empty_database_dsn, revision)
        assert layout_and_code(empty_database_dsn) == later


def test_models_and_migrations_agree_as_alembic_compares_them(database_dsn: str) -> None:
    AlembicCommands(unpooled_config(database_dsn)).check()


def test_models_and_migrations_agree_to_the_last_check_and_collation(
    database_dsn: str, empty_database_dsn: str
) -> None:
    metadata: MetaData = VersionRow.metadata
    statements = create_statements(metadata)
    execute(empty_database_dsn, *statements)
    assert schema_of(empty_database_dsn)
    assert schema_of(database_dsn) == schema_of(empty_database_dsn)


def create_statements(metadata: MetaData) -> list[str]:
    created: list[Any] = []
    engine = create_mock_engine("postgresql+asyncpg://", lambda statement, *_: created.append(statement))
    metadata.create_all(engine, checkfirst=False)
    return [str(statement.compile(dialect=engine.dialect)) for statement in created]


def test_an_upgrade_of_an_upgraded_database_changes_nothing(database_dsn: str) -> None:
    before = schema_of(database_dsn)
    upgrade(database_dsn)
    assert schema_of(database_dsn) == before


def test_a_database_stands_at_head_after_the_upgrade_and_not_before(empty_database_dsn: str) -> None:
    assert current(empty_database_dsn) == set()
    assert not is_compatible(empty_database_dsn)
    upgrade(empty_database_dsn)
    assert is_compatible(empty_database_dsn)
    downgrade(empty_database_dsn, "base")
    assert current(empty_database_dsn) == set()


def test_a_database_that_a_newer_release_migrated_is_left_as_it_is(fresh_database_dsn: str) -> None:
    execute(fresh_database_dsn, "UPDATE alembic_versions SET version_num = 'newer'")
    upgrade(fresh_database_dsn)
    assert current(fresh_database_dsn) == {"newer"}
    assert is_compatible(fresh_database_dsn)


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_database_at_an_older_revision_does_not_do(fresh_database_dsn: str, revision: str) -> None:
    execute(fresh_database_dsn, f"UPDATE alembic_versions SET version_num = '{revision}'")
    assert not is_compatible(fresh_database_dsn)


async def test_migrations_run_while_an_event_loop_does(empty_database_dsn: str) -> None:
    upgrade(empty_database_dsn)
    assert is_compatible(empty_database_dsn)


def a_process(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def test_replicas_that_upgrade_at_once_take_turns(empty_database_dsn: str) -> None:
    script = "import sys; from adapters.postgres.schema import upgrade; upgrade(sys.argv[1])"
    command = [sys.executable, "-c", script, empty_database_dsn]

    async def start_together(connection: Any) -> list[subprocess.Popen[str]]:
        async with connection.transaction():
            await connection.execute(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            replicas = [a_process(command) for _ in range(3)]
            while await connection.fetchval(WAITING) < 3 and not any(replica.poll() == 0 for replica in replicas):
                pass
            assert await connection.fetchval("SELECT to_regclass('providers')") is None
        return replicas

    replicas = connected(empty_database_dsn, start_together)
    assert [(replica.communicate()[1], replica.returncode) for replica in replicas] == [("", 0)] * 3
    assert is_compatible(empty_database_dsn)


@pytest.mark.parametrize("work", [upgrade, current, is_compatible, lambda dsn: downgrade(dsn, "base")])
def test_an_unreachable_server_is_a_store_out_of_service(work: object) -> None:
    assert callable(work)
    with pytest.raises(StoreUnavailableError):
        work("postgresql://registry@127.0.0.1:1/registry")
