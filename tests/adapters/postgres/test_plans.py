"""Reads cost the same however many versions there are: every one of them is an index read."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Executable
from sqlalchemy.dialects import postgresql

from adapters.postgres import (
    catalog_queries,
    distributions,
    mirror_index,
    provenance_statements,
    queries,
    resource_queries,
    task_queue,
    version_checks,
    writes,
)
from adapters.postgres.provenance_statements import FIND_VERSION
from adapters.postgres.write import Write
from application.ports.provider_queries import MAX_COUNTED as CATALOG_COUNTED
from application.ports.version_checks import MAX_COUNTED
from domain.search import MAX_NEAR
from tests.support.postgres import TABLES, a_database, connected, execute, fetch

PROVIDERS = """
    INSERT INTO providers (prefix, name, created_at, updated_at, display_name, description, tags, labels, words,
        trigrams)
    SELECT 'platform', 'p' || p, now(), now(), 'P' || p, '', ARRAY['t' || p], ARRAY['p' || p], ARRAY['p' || p],
        ARRAY['  p', ' p' || p, 'p' || p]
    FROM generate_series(1, 3000) p
"""
VERSIONS = """
    INSERT INTO provider_versions (id, prefix, name, version, sort_key, is_prerelease, status, wheel_url,
        wheel_sha256, wheel_size, wheel_filename, distribution, runtime_version, registered_by,
        created_at, updated_at, published_at, yanked_at, error_message)
    SELECT gen_random_uuid(), 'platform', 'p' || p, '1.' || v || '.0', 'k' || lpad(v::text, 4, '0'), v % 10 = 0,
        status, 'https://wheels.example.com/w.whl', repeat(md5(p || '.' || v), 2), 1, 'w.whl', 'w' || p, '1', 'm',
        now(), now(), now(), CASE status WHEN 'yanked' THEN now() END, CASE status WHEN 'failed' THEN 'e' END
    FROM generate_series(1, 300) p, generate_series(1, 100) v, LATERAL (
        SELECT CASE WHEN v % 7 = 0 THEN 'yanked' WHEN v % 11 = 0 THEN 'failed' ELSE 'published' END
    ) s (status)
"""
RELEASES = """
    INSERT INTO provider_releases (prefix, name, released_at)
    SELECT prefix, name, now() FROM providers ON CONFLICT DO NOTHING
"""
EVENTS = """
    INSERT INTO version_events (id, version_id, action, at, actor)
    SELECT gen_random_uuid(), v.id, 'published', now(), 'm' FROM provider_versions v, generate_series(1, 3)
"""
NAMES = (
    """
    INSERT INTO wheel_files (prefix, filename, sha256, name, version)
    SELECT 'platform', 'w' || p || '-1.0.0-py3-none-any.whl', repeat('a', 64), 'p' || p, '1.0.0'
    FROM generate_series(1, 3000) p
    """,
    "INSERT INTO distributions (name, prefix) SELECT 'x' || d, 'p' || d % 100 FROM generate_series(1, 5000) d",
    """
    INSERT INTO distribution_events (id, distribution, action, prefix, at, actor)
    SELECT gen_random_uuid(), name, 'claimed', prefix, now(), 'm' FROM distributions
    """,
)
"""Distributions are claimed as their versions are written."""
COPIES = """
    INSERT INTO mirrored_wheels (sha256, size, metadata_sha256, metadata_size, verified_at)
    SELECT wheel_sha256, 1, repeat('b', 64), 1, now() FROM provider_versions WHERE name <> 'p8'
"""
PUBLISHERS = """
    INSERT INTO publisher_events (id, prefix, name, action, version, at, actor)
    SELECT gen_random_uuid(), 'platform', 'p' || p, 'pinned', '1.0.0', now(), 'mch_1' FROM generate_series(1, 3000) p
"""


ATTESTED = """
    INSERT INTO attestations (id, version_id, sha256, sent, predicate_type, claims, log_index, added_at, added_by)
    SELECT gen_random_uuid(), id, repeat('a', 64), '{}', 'p', '{}', 1, now(), 'm' FROM provider_versions
    WHERE name <> 'p8'
"""


TASKS = """
    INSERT INTO tasks (id, kind, key, payload, due_at, created_at)
    SELECT gen_random_uuid(), 'registration', 'k' || t, '{}', now() + (t - 40) * interval '1 h', now()
    FROM generate_series(1, 30000) t
"""


CHECKS = """
    INSERT INTO version_checks (version_id, due_at, verdict)
    SELECT id, now() + (row_number() OVER () - 40) * interval '1 h',
        CASE WHEN row_number() OVER () % 1000 = 0 THEN 'drifted'
            WHEN row_number() OVER () % 10 = 0 THEN 'unreachable' ELSE 'intact' END
    FROM provider_versions
    WHERE status <> 'failed' AND (name, version) <> ('p9', '1.50.0')
"""


RESOURCES = """
    INSERT INTO resource_types (prefix, name, resource_type, sought, version, summary, fields, labels, words)
    SELECT 'platform', 'p' || p, 'r' || r, 'r' || r, '1.50.0', '', '{}', ARRAY['r' || r, 'r' || p || 'x' || r],
        ARRAY['r' || r, 'common', 'r' || p || 'x' || r]
    FROM generate_series(1, 300) p, generate_series(1, 100) r
"""
ORIGINS = """
    INSERT INTO origin_events (id, version_id, after_position, verdict, at, since)
    SELECT gen_random_uuid(), id, 0, 'drifted', now(), now() FROM provider_versions WHERE status <> 'failed'
"""


DIALECT = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's


@pytest.fixture(scope="module")
def busy_dsn(postgres_dsn: str, template_dsn: str) -> Iterator[str]:
    """A database with 30,000 versions."""
    with a_database(postgres_dsn, template=template_dsn) as dsn:
        vacuum = f"VACUUM ANALYZE {', '.join(TABLES)}"
        execute(dsn, PROVIDERS, VERSIONS, RELEASES, EVENTS, *NAMES, COPIES, PUBLISHERS)
        execute(dsn, ATTESTED, TASKS, CHECKS, RESOURCES, ORIGINS, vacuum)
        yield dsn


VALUES = {
    "of_prefix": "platform",
    "of_name": "p7",
    "of_version": "1.50.0",
    "provider_updated_at": "2026-01-02",
    "provider_display_name": "P7",
    "provider_description": "",
    "provider_tags": "{t7}",
    "provider_created_at": "2026-01-02",
    "provider_labels": "{p7}",
    "provider_words": "{p7}",
    "provider_trigrams": "{p7}",
    "version_sort_key": "k0050",
    "version_is_prerelease": "false",
    "version_status": "published",
    "version_wheel_url": "https://wheels.example.com/w.whl",
    "version_wheel_sha256": "a",
    "version_wheel_size": "1",
    "version_wheel_filename": "w.whl",
    "version_distribution": "w7",
    "version_runtime_version": "1",
    "version_registered_by": "m",
    "version_created_at": "2026-01-02",
    "version_updated_at": "2026-01-02",
    "version_published_at": "2026-01-02",
    "event_id": "00000000-0000-0000-0000-000000000000",
    "event_action": "published",
    "event_at": "2026-01-02",
    "event_actor": "m",
    "of_precedence": "k0050",
    "of_above": "k0050!",
    "of_before": "k0041",
    "of_text": "p77",
    "of_words": "p77",
    "of_beginnings": "{p77}",
    "of_groups": "('' p77'' & ''p77'')",
    "of_trigrams_0": '{" p77",p77}',
    "of_trigrams_1": "{}",
    "of_trigrams_2": "{}",
    "of_needed_0": "2",
    "of_needed_1": "0",
    "of_needed_2": "0",
    "of_tags": "{t9}",
    "of_distribution": "w9",
    "of_filename": "w9-1.0.0-py3-none-any.whl",
    "of_sha256": hashlib.md5(b"7.50").hexdigest() * 2,
    "of_moment": "2026-01-02",
    "distribution_name": "w9",
    "distribution_prefix": "platform",
    "ownership_id": "00000000-0000-0000-0000-000000000000",
    "ownership_distribution": "w9",
    "ownership_action": "taken_over",
    "ownership_prefix": "platform",
    "ownership_at": "2026-01-02",
    "ownership_actor": "m",
    "of_kind": "registration",
    "of_registration": "00000000-0000-0000-0000-000000000000",
    "of_id": "00000000-0000-0000-0000-000000000000",
    "of_lease": "00000000-0000-0000-0000-000000000000",
    "new_lease": "00000000-0000-0000-0000-000000000000",
    "for_time": "30 s",
    "page_limit": "20",
    "of_others": "{}",
    "of_versions": "{1.50.0}",
    "of_first": "platform/",
    "of_end": "platform0",
    "page_offset": "0",
    "after_released_at": "infinity",
    "after_prefix": "",
    "after_name": "",
}
EXPLAINED = {
    "FIND",
    "FIND_README",
    "FIND_REGISTRATION",
    "FIND_LATEST",
    "LIST",
    "LIST_ALL",
    "LIST_SCHEMAS",
    "LOAD",
    "LOAD_WITH_NAMES",
    "LOCK",
    "HISTORY",
    "REPORT",
}
EXPLAINED_WRITES = {
    "FIND_VERSION",
    "REPLACE_PROVIDER",
    "TOUCH_PROVIDER",
    "REPLACE_VERSION",
    "ADD_EVENT",
    "CHANGE_OWNER",
}
READS_NO_TABLE = {"CONFIRM", "REVISIONS"}
READS_NOTHING = {
    "ADD_PROVIDER",
    "ADD_VERSION",
    "ADD_REPORT",
    "ADD_FILE",
    "ADD_TASK",
    "ADD_METADATA",
    "ADD_DISTRIBUTION",
    "ADD_OWNERSHIP",
}


def plan_of(
    dsn: str, statement: ClauseElement, mode: str = "force_generic_plan", **more: object
) -> list[dict[str, Any]]:
    """Return the nodes of the plan that is made once for all parameters, as for a prepared statement."""
    values = {**VALUES, **more}
    compiled: Any = statement.compile(dialect=DIALECT)
    given = ", ".join(f"'{values[name]}'" if name in values else "NULL" for name in compiled.positiontup or ())
    arguments = f" ({given})" if given else ""

    async def explain(connection: Any) -> Any:
        await connection.execute(f"SET plan_cache_mode = {mode}")
        await connection.execute(f"PREPARE hot AS {compiled}")
        await connection.execute("BEGIN")
        plan = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE hot{arguments}")
        await connection.execute("ROLLBACK")
        return json.loads(plan)

    return nodes(connected(dsn, explain)[0]["Plan"])


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in nodes(child))]


@pytest.mark.parametrize(
    ("query", "index", "rows"),
    [
        ("FIND", "uq_provider_versions_version", 1),
        ("FIND_LATEST", "ix_provider_versions_latest", 1),
        ("LIST", "ix_provider_versions_public", 20),
        ("LOAD", "ix_provider_versions_public", 1),
        ("LOAD", "uq_provider_versions_version", 1),
        ("LOAD", "pk_providers", 1),
        ("FIND_REGISTRATION", "ix_provider_versions_registration", 0),
        ("LOCK", "pk_providers", 1),
        ("LOAD_WITH_NAMES", "uq_provider_versions_version", 1),
        ("LOAD_WITH_NAMES", "pk_providers", 1),
        ("LOAD_WITH_NAMES", "pk_distributions", 1),
        ("LOAD_WITH_NAMES", "pk_wheel_files", 1),
    ],
)
def test_hot_queries_read_indexes_only_as_far_as_they_need(busy_dsn: str, query: str, index: str, rows: int) -> None:
    plan = plan_of(busy_dsn, getattr(queries, query))
    assert not {"Seq Scan", "Sort", "Incremental Sort"} & {node["Node Type"] for node in plan}
    [read] = [node for node in plan if node.get("Index Name") == index]
    assert read["Actual Rows"] == rows
    assert read.get("Rows Removed by Filter", 0) == 0


@pytest.mark.parametrize(
    ("statement", "indexes"),
    [
        (mirror_index.FIND_MIRRORED, {"pk_mirrored_wheels"}),
        (mirror_index.REMOVE, {"pk_mirrored_wheels"}),
        (mirror_index.IS_KEPT, {"ix_provider_versions_wheel", "pk_mirrored_wheels"}),
        (mirror_index.LIST_VERIFIED_BEFORE, {"ix_mirrored_wheels_verified"}),
    ],
    ids=["find", "remove", "is registered", "list verified before"],
)
def test_copies_are_found_by_index(busy_dsn: str, statement: ClauseElement, indexes: set[str]) -> None:
    plan = plan_of(busy_dsn, statement)
    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    assert indexes <= {node["Index Name"] for node in plan if "Index Name" in node}


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (task_queue.LEASES.claim, "ix_tasks_due"),
        (task_queue.MEASURE, "ix_tasks_due"),
        (task_queue.COUNT, "uq_tasks_key"),
        (task_queue.LEASES.lock, "pk_tasks"),
        (task_queue.LEASES.renew, "pk_tasks"),
        (task_queue.LEASES.retry, "pk_tasks"),
        (task_queue.LEASES.give_back, "pk_tasks"),
        (task_queue.LEASES.finish, "pk_tasks"),
        (task_queue.MAKE_DUE, "pk_tasks"),
    ],
    ids=["claim", "measure", "count", "lock", "renew", "retry", "give back", "finish", "make due"],
)
def test_tasks_are_found_by_index_however_many_wait(busy_dsn: str, statement: ClauseElement, index: str) -> None:
    plan = plan_of(busy_dsn, statement)
    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    [read] = [node for node in plan if node.get("Index Name") == index and node["Node Type"] != "ModifyTable"][:1]
    assert read["Actual Rows"] <= 40


def plan_of_resource_search(dsn: str, *words: str) -> list[dict[str, Any]]:
    quoted = [word.replace("'", "''") for word in words]
    beginnings = "{" + ",".join(f'"{word}"' for word in quoted) + "}"
    given = {"of_words": " & ".join(quoted), "of_beginnings": beginnings, "of_text": "r7"}
    return plan_of(dsn, resource_queries.SEARCH, **given)


def rows_of_resource_types(plan: list[dict[str, Any]], *, in_order: bool) -> list[int]:
    """Return how many rows the scans of the table found or passed over."""
    return [
        node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        for node in plan
        if node.get("Relation Name") == "resource_types"
        and node["Actual Loops"]
        and (node["Node Type"] == "Seq Scan") is in_order
    ]


@pytest.mark.hostile
@pytest.mark.parametrize("words", ["r50x7", "common", "'r1':*", "'r':* common", "common r3 r4", "nothing"])
def test_of_resource_types_about_so_many_as_are_ranked_are_read(busy_dsn: str, words: str) -> None:
    plan = plan_of_resource_search(busy_dsn, *words.split())
    assert sum(rows_of_resource_types(plan, in_order=True)) <= resource_queries.SAMPLED + 2 * resource_queries.WALKED
    assert max(rows_of_resource_types(plan, in_order=False)) <= 3 * resource_queries.MAX_FOUND


@pytest.mark.hostile
@pytest.mark.parametrize("words", ["common", "'r':*", "'r':* common"])
def test_of_a_word_that_all_resource_types_have_no_index_is_read(busy_dsn: str, words: str) -> None:
    plan = plan_of_resource_search(busy_dsn, *words.split())
    of_words = {"ix_resource_types_labels", "ix_resource_types_words"}
    assert not any(node["Actual Rows"] for node in plan if node.get("Index Name") in of_words)


@pytest.mark.hostile
def test_the_index_of_resource_types_is_asked_for_the_rare_words_only(busy_dsn: str) -> None:
    plan = plan_of_resource_search(busy_dsn, "'r1':*", "r7")
    [read] = [node["Actual Rows"] for node in plan if node.get("Index Name") == "ix_resource_types_labels"]
    assert read == 300  # all that have r7, with or without the other


@pytest.mark.hostile
def test_of_names_that_are_all_alike_few_are_compared(busy_dsn: str) -> None:
    alike = {"of_groups": "''  p''", "of_trigrams_0": '{"  p"}', "of_needed_0": "1"}
    plan = plan_of(busy_dsn, catalog_queries.SEARCHES["near", False], **alike)
    [compared] = [node for node in plan if node["Node Type"] == "Bitmap Heap Scan"]
    assert compared["Actual Rows"] == MAX_NEAR
    unlike = plan_of(busy_dsn, catalog_queries.SEARCHES["near", False], **{**alike, "of_needed_0": "2"})
    [compared] = [node for node in unlike if node["Node Type"] == "Bitmap Heap Scan"]
    assert compared["Actual Rows"] == catalog_queries.MAX_COMPARED


def test_the_neighbours_of_a_version_are_one_row_of_an_index_each(busy_dsn: str) -> None:
    plan = plan_of(busy_dsn, queries.LOAD_WITH_NAMES)
    by_precedence = {"ix_provider_versions_public", "ix_provider_versions_latest", "ix_provider_versions_comparable"}
    read = [node for node in plan if node.get("Index Name") in by_precedence]
    assert {node["Index Name"] for node in read} == by_precedence
    assert max(node["Actual Rows"] for node in read) == 1
    assert max(node.get("Rows Removed by Filter", 0) for node in read) <= 1


def test_a_history_is_read_by_index_and_only_its_own_events_are_sorted(busy_dsn: str) -> None:
    plan = plan_of(busy_dsn, queries.HISTORY)
    read = {node["Index Name"]: node["Actual Rows"] for node in plan if "Index Name" in node}
    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    assert read == {"uq_provider_versions_version": 1, "ix_version_events_history": 3, "ix_origin_events_history": 1}


@pytest.mark.parametrize("provider", [writes.REPLACE_PROVIDER, writes.TOUCH_PROVIDER], ids=["replace", "touch"])
def test_writes_find_their_rows_by_index(busy_dsn: str, provider: Write) -> None:
    [(revision,)] = fetch(busy_dsn, "SELECT revision FROM providers WHERE name = 'p7'")
    together = writes.combine(provider, writes.REPLACE_VERSION, writes.ADD_EVENT)
    plan = plan_of(busy_dsn, together, of_revision=revision)
    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    read = {node["Index Name"]: node["Actual Rows"] for node in plan if "Index Name" in node}
    assert read == {"pk_providers": 1, "uq_provider_versions_version": 1}
    assert {node["Relation Name"] for node in plan if node["Node Type"] == "ModifyTable"} == {
        "providers",
        "provider_versions",
        "version_events",
    }


def test_a_version_that_stays_as_it_is_is_found_by_index(busy_dsn: str) -> None:
    [(revision,)] = fetch(busy_dsn, "SELECT revision FROM providers WHERE name = 'p7'")
    together = writes.combine(writes.TOUCH_PROVIDER, FIND_VERSION, writes.ADD_EVENT)
    plan = plan_of(busy_dsn, together, of_revision=revision)
    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    read = {node["Index Name"]: node["Actual Rows"] for node in plan if "Index Name" in node}
    assert read == {"pk_providers": 1, "uq_provider_versions_version": 1}


def test_a_change_of_an_owner_finds_its_row_by_index(busy_dsn: str) -> None:
    [(revision,)] = fetch(busy_dsn, "SELECT revision FROM providers WHERE name = 'p7'")
    together = writes.combine(writes.TOUCH_PROVIDER, writes.CHANGE_OWNER, writes.ADD_OWNERSHIP)
    plan = plan_of(busy_dsn, together, of_revision=revision)
    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    read = {node["Index Name"]: node["Actual Rows"] for node in plan if "Index Name" in node}
    assert read == {"pk_providers": 1, "pk_distributions": 1}


def is_run(name: str, value: object) -> bool:
    return isinstance(value, Executable) and not name.startswith("_")


def test_no_statement_is_left_unexplained() -> None:
    assert {name for name, value in vars(queries).items() if is_run(name, value)} == EXPLAINED | READS_NO_TABLE
    assert {name for name, value in vars(writes).items() if isinstance(value, Write)} == (
        EXPLAINED_WRITES | READS_NOTHING
    )


@pytest.mark.parametrize(
    ("search", "index", "rows"),
    [
        (("everything", False), "ix_providers_shown", 20),
        (("everything", True), "ix_providers_tags", 1),
        (("recent", False), "ix_provider_releases_order", 20),
        (("recent", True), "ix_providers_tags", 1),
        (("found", False), "ix_providers_words", 1),
        (("found", True), "ix_providers_words", 1),
        (("near", False), "ix_providers_near", 1),
        (("near", True), "ix_providers_near", 1),
    ],
)
def test_searches_read_indexes_and_latest_versions_only_of_the_page(
    busy_dsn: str, search: tuple[str, bool], index: str, rows: int
) -> None:
    plan = plan_of(busy_dsn, catalog_queries.SEARCHES[search])
    whole = {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"}
    assert whole <= {"catalog_totals"}  # which has one row
    read = [node for node in plan if node.get("Index Name") == index]
    assert rows in {node["Actual Rows"] for node in read}
    [latest] = [node for node in plan if node.get("Index Name") == "ix_provider_versions_latest"]
    assert latest["Actual Loops"] <= 20


def test_a_page_by_release_reads_its_own_rows_only_wherever_it_begins(busy_dsn: str) -> None:
    [(released_at,)] = fetch(busy_dsn, "SELECT min(released_at)::text FROM provider_releases")
    middle = {"after_released_at": released_at, "after_prefix": "platform", "after_name": "p15"}
    for place in ({}, middle):
        plan = plan_of(busy_dsn, catalog_queries.SEARCHES["recent", False], **place)
        read = {node["Index Name"]: node for node in plan if "Index Name" in node}
        assert set(read) == {"ix_provider_releases_order", "ix_providers_shown", "ix_provider_versions_latest"}
        assert read["ix_provider_releases_order"]["Actual Rows"] == 20
        assert read["ix_providers_shown"]["Actual Loops"] == 20
        assert not any(node.get("Rows Removed by Filter") for node in plan)


def test_tags_are_counted_among_so_many_providers_however_many_there_are(busy_dsn: str) -> None:
    plan = plan_of(busy_dsn, catalog_queries.COUNT_TAGS)
    read = {node["Index Name"]: node["Actual Rows"] * node["Actual Loops"] for node in plan if "Index Name" in node}
    assert read == {"ix_provider_releases_order": CATALOG_COUNTED, "ix_providers_shown": CATALOG_COUNTED}
    assert "Seq Scan" not in {node["Node Type"] for node in plan}


@pytest.mark.parametrize("search", catalog_queries.SEARCHES)
def test_a_search_is_planned_once_for_all_values(busy_dsn: str, search: tuple[str, bool]) -> None:
    compiled: Any = catalog_queries.SEARCHES[search].compile(dialect=DIALECT)
    values = ", ".join(f"'{VALUES[name]}'" for name in compiled.positiontup)

    async def repeat(connection: Any) -> Any:
        await connection.execute(f"PREPARE search AS {compiled}")
        for _ in range(10):
            await connection.execute(f"EXECUTE search ({values})")
        return await connection.fetchrow(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = 'search'"
        )

    generic, custom = connected(busy_dsn, repeat)
    assert (generic, custom) == (5, 5)  # PostgreSQL tries five, and then sees that planning gains nothing


@pytest.mark.parametrize(
    ("query", "index", "rows"),
    [
        (catalog_queries.FIND_PROVIDER, "ix_provider_versions_latest", 1),
        (distributions.FILES_OF_DISTRIBUTION, "ix_provider_versions_index", 92),
        (distributions.FIND_OWNER, "pk_distributions", 1),
        (provenance_statements.LIST_ATTESTATIONS, "ix_attestations_version", 1),
        (distributions.LIST_OWNERS, "pk_distributions", 20),
        (distributions.LIST_OWNED, "ix_distributions_owned", 20),
        (distributions.OWNERS_HISTORY, "ix_distribution_events_history", 1),
        (queries.LIST_ALL, "uq_provider_versions_version", 100),
        (queries.LIST_SCHEMAS, "uq_provider_versions_version", 0),
        (queries.FIND_README, "uq_provider_versions_version", 1),
    ],
    ids=[
        "FIND_PROVIDER",
        "FILES_OF_DISTRIBUTION",
        "FIND_OWNER",
        "LIST_ATTESTATIONS",
        "LIST_OWNERS",
        "LIST_OWNED",
        "OWNERS_HISTORY",
        "LIST_ALL",
        "LIST_SCHEMAS",
        "FIND_README",
    ],
)
def test_the_other_queries_read_indexes_only(busy_dsn: str, query: ClauseElement, index: str, rows: int) -> None:
    plan = plan_of(busy_dsn, query)
    assert not [node for node in plan if node["Node Type"] == "Seq Scan"]
    [read] = [node for node in plan if node.get("Index Name") == index]
    assert read["Actual Rows"] == rows


def test_listing_distributions_steps_from_name_to_name(busy_dsn: str) -> None:
    plan = plan_of(busy_dsn, distributions.LIST_DISTRIBUTIONS)
    scans = [node for node in plan if node.get("Index Name") == "ix_provider_versions_index"]
    assert not [node for node in plan if node["Node Type"] == "Seq Scan"]
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in scans) <= 301


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (version_checks.LEASES.claim, "ix_version_checks_due"),
        (version_checks.LEASES.renew, "pk_version_checks"),
        (version_checks.LEASES.give_back, "pk_version_checks"),
        (version_checks.RECORD, "pk_version_checks"),
        (version_checks.RECORD_WITH_EVENT, "pk_version_checks"),
        (version_checks.FIND_CHECK, "uq_provider_versions_version"),
    ],
    ids=["claim", "renew", "give_back", "record", "record_with_event", "find"],
)
def test_checks_of_wheels_read_only_rows_that_they_lease_or_show(
    busy_dsn: str, statement: ClauseElement, index: str
) -> None:
    plan = plan_of(busy_dsn, statement)
    scanned = [node for node in plan if node["Node Type"] == "Seq Scan" and node.get("Relation Name") != "due"]
    assert scanned == []
    read = [node for node in plan if node.get("Index Name") == index]
    assert read
    assert all(node["Actual Rows"] <= 20 for node in read)


def test_wheels_that_are_amiss_are_counted_by_index_and_up_to_a_bound(busy_dsn: str) -> None:
    plan = plan_of(busy_dsn, version_checks.COUNT_AMISS)
    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    read = [node["Actual Rows"] for node in plan if node.get("Index Name") == "ix_version_checks_amiss"]
    assert len(read) == 2
    assert 0 < min(read) < max(read) == MAX_COUNTED


def test_checks_that_are_due_are_counted_by_index_and_up_to_a_bound(busy_dsn: str) -> None:
    plan = plan_of(busy_dsn, version_checks.MEASURE)
    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    read = [node["Actual Rows"] for node in plan if node.get("Index Name") == "ix_version_checks_due"]
    assert len(read) == 2
    assert 1 <= min(read) <= max(read) <= MAX_COUNTED


def test_versions_without_a_check_are_found_by_one_pass(busy_dsn: str) -> None:
    plan = plan_of(busy_dsn, version_checks.LIST_UNCHECKED)
    assert plan[0]["Actual Rows"] == 1
    assert not [node for node in plan if node["Actual Loops"] > 100_000]
