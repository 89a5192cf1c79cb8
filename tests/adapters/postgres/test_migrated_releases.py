"""What the migration of releases makes of versions that are there, and of those that the release before writes."""

from adapters.postgres.schema import upgrade
from tests.adapters.postgres.test_migrated_wheel_names import a_row
from tests.support.postgres import execute, fetch

BEFORE = "0022"
RELEASES = "SELECT name, extract(day FROM released_at AT TIME ZONE 'UTC')::int FROM provider_releases ORDER BY 1"
WHEEL = "w-1.0.0-py3-none-any.whl"


def releases(dsn: str) -> dict[str, int]:
    return dict(fetch(dsn, RELEASES))


def test_the_last_publication_counts_whether_or_not_it_was_yanked(empty_database_dsn: str) -> None:
    upgrade(empty_database_dsn, BEFORE)
    execute(
        empty_database_dsn,
        a_row("platform/a", WHEEL, "a", at=4),
        a_row("platform/a", WHEEL, "b", at=2, version="2.0.0"),
        a_row("platform/b", WHEEL, "c", at=1),
        a_row("platform/b", WHEEL, "d", at=6, version="2.0.0", status="yanked"),
        a_row("platform/failed", WHEEL, "e", at=3, status="failed"),
    )
    upgrade(empty_database_dsn)
    assert releases(empty_database_dsn) == {"a": 5, "b": 7}


def test_what_the_release_before_publishes_and_yanks_counts_too(fresh_database_dsn: str) -> None:
    execute(
        fresh_database_dsn,
        a_row("platform/a", WHEEL, "a", at=2),
        a_row("platform/a", WHEEL, "b", at=4, version="2.0.0"),
        a_row("platform/a", WHEEL, "c", at=1, version="3.0.0"),
        a_row("platform/failed", WHEEL, "e", at=3, status="failed"),
    )
    assert releases(fresh_database_dsn) == {"a": 5}
    execute(
        fresh_database_dsn,
        "UPDATE provider_versions SET status = 'yanked', yanked_at = now() WHERE status = 'published'",
        "UPDATE provider_versions SET status = 'published', error_message = NULL WHERE status = 'failed'",
    )
    assert releases(fresh_database_dsn) == {"a": 5, "failed": 4}
