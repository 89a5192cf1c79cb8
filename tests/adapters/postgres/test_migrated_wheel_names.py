"""What the migration of wheels' names makes of versions that are there, and of those that an older release writes."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from adapters.postgres.engine import Database
from adapters.postgres.schema import upgrade
from adapters.postgres.version_repository import PostgresVersionRepository
from domain.errors import DistributionConflictError, WheelFilenameConflictError
from tests.support.postgres import execute, fetch
from tests.support.wheel_names import a_publication, publish

BEFORE = "0007"
FILES = "SELECT prefix, filename, left(sha256, 1), name, version FROM wheel_files ORDER BY 1, 2"
DISTRIBUTIONS = "SELECT name, prefix, organization_id FROM distributions ORDER BY 1"


def a_row(
    provider: str, filename: str, digest: str, *, at: int, version: str = "1.0.0", status: str = "published"
) -> str:
    """Return the statement by which the release before wrote a version."""
    prefix, _, name = provider.partition("/")
    distribution = filename.partition("-")[0].lower().replace("_", "-")
    failed, yanked = status == "failed", status == "yanked"
    return f"""
        WITH provider AS (
            INSERT INTO providers (prefix, name, created_at, updated_at, organization_id)
            VALUES ('{prefix}', '{name}', now(), now(), {"NULL" if prefix == "platform" else f"'org_{prefix}'"})
            ON CONFLICT DO NOTHING
        )
        INSERT INTO provider_versions (id, prefix, name, version, sort_key, is_prerelease, status, wheel_url,
            wheel_sha256, wheel_size, wheel_filename, distribution, runtime_version, registered_by, created_at,
            updated_at, published_at, yanked_at, error_message)
        VALUES (gen_random_uuid(), '{prefix}', '{name}', '{version}', '{version}', false, '{status}',
            'https://wheels.example.com/{filename}', repeat('{digest}', 64), 1, '{filename}', '{distribution}', '1',
            'mch_1', now(), now(), TIMESTAMPTZ '2026-01-01' + {at} * INTERVAL '1 day',
            {"now()" if yanked else "NULL"}, {"'refused'" if failed else "NULL"})
    """


def migrated(dsn: str, *rows: str) -> None:
    upgrade(dsn, BEFORE)
    execute(dsn, *rows)
    upgrade(dsn)


def names(dsn: str, statement: str) -> Iterable[tuple[Any, ...]]:
    return [tuple(row) for row in fetch(dsn, statement)]


def test_a_file_name_goes_to_the_first_that_published_it_on_each_index(empty_database_dsn: str) -> None:
    migrated(
        empty_database_dsn,
        a_row("platform/late", "tools-1.0.0-py3-none-any.whl", "b", at=2),
        a_row("platform/early", "tools-1.0.0-py3-none-any.whl", "a", at=1, status="yanked"),
        a_row("platform/failed", "tools-1.0.0-py3-none-any.whl", "f", at=0, status="failed"),
        a_row("acme/a", "tools-1.0.0-py3-none-any.whl", "c", at=0),
        a_row("acme/b", "Other_Tools-1.0-py3.py2-none-any.whl", "d", at=1),
        a_row("acme/c", "other_tools-1.0.0-py2.py3-none-any.whl", "e", at=0),
    )
    assert names(empty_database_dsn, FILES) == [
        ("acme", "other_tools-1.0.0-py2.py3-none-any.whl", "e", "c", "1.0.0"),
        ("acme", "tools-1.0.0-py3-none-any.whl", "c", "a", "1.0.0"),
        ("platform", "tools-1.0.0-py3-none-any.whl", "a", "early", "1.0.0"),
    ]
    kept = fetch(empty_database_dsn, "SELECT count(*) FROM provider_versions WHERE status IN ('published', 'yanked')")
    assert [tuple(row) for row in kept] == [(5,)]


def test_a_distribution_goes_to_the_platform_or_else_to_the_first_that_published_it(empty_database_dsn: str) -> None:
    migrated(
        empty_database_dsn,
        a_row("acme/a", "first-1.0.0-py3-none-any.whl", "a", at=1),
        a_row("globex/a", "first-2.0.0-py3-none-any.whl", "b", at=2, version="2.0.0"),
        a_row("acme/a", "ours-2.0.0-py3-none-any.whl", "c", at=1, version="2.0.0"),
        a_row("platform/a", "ours-1.0.0-py3-none-any.whl", "d", at=2),
        a_row("acme/a", "failed-3.0.0-py3-none-any.whl", "e", at=1, version="3.0.0", status="failed"),
    )
    assert names(empty_database_dsn, DISTRIBUTIONS) == [("first", "acme", "org_acme"), ("ours", "platform", None)]


def test_a_name_that_is_no_wheel_file_name_does_not_stop_the_migration(empty_database_dsn: str) -> None:
    migrated(empty_database_dsn, a_row("platform/a", "odd.whl", "a", at=1))
    assert names(empty_database_dsn, FILES) == [("platform", "odd.whl", "a", "a", "1.0.0")]


@pytest.mark.parametrize("status", ["published", "yanked"])
def test_names_of_versions_from_before_are_held_against_later_registrations(
    empty_database_dsn: str, status: str
) -> None:
    migrated(empty_database_dsn, a_row("acme/a", "tools-1.0.0-py3-none-any.whl", "a", at=1, status=status))

    async def register() -> None:
        database = Database(empty_database_dsn)
        store = PostgresVersionRepository(database)
        try:
            with pytest.raises(WheelFilenameConflictError, match="acme/a"):
                await publish(store, a_publication("acme/b"), "org_acme")
            with pytest.raises(DistributionConflictError, match="acme"):
                await publish(store, a_publication("globex/b"), "org_globex")
            await publish(store, a_publication("acme/b", "tools-1.0.1-py3-none-any.whl", version="1.0.1"), "org_acme")
        finally:
            await database.dispose()

    asyncio.run(register())


def test_what_an_older_release_publishes_after_the_migration_claims_its_names(fresh_database_dsn: str) -> None:
    execute(
        fresh_database_dsn,
        a_row("acme/a", "tools-1.0.0-py3-none-any.whl", "a", at=1),
        a_row("globex/a", "tools-1.0.0-py3-none-any.whl", "b", at=2),
        a_row("globex/b", "tools-1.0.0-py3-none-any.whl", "c", at=3),
        a_row("globex/c", "other-1.0.0-py3-none-any.whl", "f", at=3, status="failed"),
    )
    assert names(fresh_database_dsn, DISTRIBUTIONS) == [("tools", "acme", "org_acme")]
    assert names(fresh_database_dsn, FILES) == [
        ("acme", "tools-1.0.0-py3-none-any.whl", "a", "a", "1.0.0"),
        ("globex", "tools-1.0.0-py3-none-any.whl", "b", "a", "1.0.0"),
    ]
    execute(fresh_database_dsn, "UPDATE provider_versions SET status = 'published', error_message = NULL")
    assert ("other", "globex", "org_globex") in names(fresh_database_dsn, DISTRIBUTIONS)


@pytest.mark.parametrize("change", ["UPDATE distribution_events SET actor = 'x'", "DELETE FROM distribution_events"])
def test_nobody_rewrites_the_history_of_a_distribution(fresh_database_dsn: str, change: str) -> None:
    with pytest.raises(Exception, match="only ever added to"):
        execute(fresh_database_dsn, change)
