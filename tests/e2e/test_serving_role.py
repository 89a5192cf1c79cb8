"""Migrated by the owner, the database is served from by a role that may do no more than that takes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest
from sqlalchemy.dialects import postgresql

from adapters.postgres.grants import LACKING
from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run
from tests.support.postgres import database_of, execute, fetch
from tests.support.waiting import wait_until

SECTION = Path("docs/operations.md").read_text().partition("## Roles of the database")[2].partition("\n## ")[0]
ROLES, BY_HAND = re.findall(r"```sql\n(.*?)```", SECTION, re.DOTALL)
GUIDE = Path("docs/guides/operator.md").read_text()
LATEST = "/providers/platform/gcp/versions/latest"
READS = [
    *(
        "/providers",
        "/providers/platform/gcp",
        "/providers/platform/gcp/versions",
        "/simple/",
        LATEST,
        f"{LATEST}/install",
    ),
    "/providers/platform/gcp/versions/1.0.0/history",
]
TABLES = (
    *("providers", "provider_versions", "catalog_totals", "version_events"),
    *("distributions", "distribution_events", "wheel_files", "alembic_versions"),
)
FORBIDDEN = [
    *(f"DELETE FROM {table}" for table in TABLES),
    *(f"TRUNCATE {table} CASCADE" for table in TABLES),
    *(f"DROP TABLE {table} CASCADE" for table in TABLES),
    *(f"ALTER TABLE {table} ADD COLUMN more int" for table in TABLES),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in TABLES),
    *(f"CREATE TRIGGER mine AFTER INSERT ON {table} EXECUTE FUNCTION tell_change()" for table in TABLES),
    *(f"CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING" for table in TABLES),
    "UPDATE version_events SET actor = 'mch_other'",
    "UPDATE distribution_events SET actor = 'mch_other'",
    "UPDATE wheel_files SET sha256 = repeat('0', 64)",
    "UPDATE alembic_versions SET version_num = '0001'",
    "INSERT INTO alembic_versions VALUES ('0001')",
    "DROP TRIGGER append_only ON version_events",
    "DROP FUNCTION refuse_to_change_history() CASCADE",
    "CREATE OR REPLACE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE mine (column_ int)",
    "CREATE TEMPORARY TABLE mine (column_ int)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE SCHEMA mine",
    "CREATE INDEX ON providers (updated_at)",
    "SET session_replication_role = replica",
    "SET ROLE {owner}",
    "ALTER TABLE providers OWNER TO {app}",
    "ALTER ROLE {app} SUPERUSER",
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "COPY providers TO PROGRAM 'true'",
]


@dataclass(frozen=True)
class Roles:
    """The two roles of one database, and how each reaches it."""

    owner: str
    app: str
    superuser_dsn: str

    @property
    def owner_dsn(self) -> str:
        return as_role(self.superuser_dsn, self.owner)

    @property
    def app_dsn(self) -> str:
        return as_role(self.superuser_dsn, self.app)

    def renamed(self, sql: str) -> str:
        """Return what the documentation has people run, with the names of this test."""
        names = {"registry_owner": self.owner, "registry_app": self.app, "registry": database_of(self.superuser_dsn)}
        return re.sub(r"\bregistry(?:_owner|_app)?\b", lambda found: names[found[0]], sql)


@pytest.fixture
def roles(empty_database_dsn: str) -> Iterator[Roles]:
    mark = uuid4().hex[:8]
    roles = Roles(f"owner_{mark}", f"app_{mark}", empty_database_dsn)
    run_as(empty_database_dsn, roles.renamed(ROLES), without="CREATE DATABASE")
    execute(empty_database_dsn, f"ALTER DATABASE {database_of(empty_database_dsn)} OWNER TO {roles.owner}")
    yield roles
    execute(empty_database_dsn, f"ALTER DATABASE {database_of(empty_database_dsn)} OWNER TO CURRENT_USER")
    for role in (roles.app, roles.owner):
        execute(empty_database_dsn, f"DROP OWNED BY {role} CASCADE", f"DROP ROLE {role}")


@pytest.fixture
def granted(roles: Roles) -> Roles:
    upgraded = run("database", "upgrade", "--grant-to", roles.app, DATABASE_URL=roles.owner_dsn)
    assert upgraded.returncode == 0, upgraded.stderr
    return roles


def test_the_role_serves_registers_yanks_reads_and_hears_of_changes(stack: Stack, granted: Roles) -> None:
    application = {"DATABASE_URL": granted.app_dsn}
    with stack.server(**application) as process:
        stack.wait_until_ready(process)
        registered = [stack.post(stack.upload(version)).status_code for version in ("1.0.0", "1.1.0", "1.1.0")]
        read = {path: stack.get(path).status_code for path in READS}
        transferred = run("distributions", "transfer", "tools", "--to", "acme", **application)
        yanked = run("versions", "yank", "platform/gcp", "1.1.0", "--reason", "broken", **application)
        wait_until(lambda: stack.get(LATEST).json()["version"] == "1.0.0")
        restored = run("versions", "restore", "platform/gcp", "1.1.0", **application)
        wait_until(lambda: stack.get(LATEST).json()["version"] == "1.1.0")
    checked = run("database", "check", **application)

    assert registered == [201, 201, 200]
    assert read == dict.fromkeys(READS, 200)
    assert (yanked.returncode, restored.returncode, checked.returncode, transferred.returncode) == (0, 0, 0, 0)


def test_its_password_is_rotated_with_an_overlap_as_the_guide_says(stack: Stack, granted: Roles) -> None:
    (row,) = re.findall(r"^\| the serving role's password \| (.*) \|$", GUIDE, re.MULTILINE)
    create, connect, drop = re.findall(r"`((?:CREATE|GRANT|DROP) [^`]*)`", row)
    second = f"{granted.app}_2"

    def here(sql: str) -> str:
        return granted.renamed(sql.replace("registry_app_2", second).replace("'…'", "'change-me'"))

    with stack.server(DATABASE_URL=granted.app_dsn) as process:
        stack.wait_until_ready(process)
        execute(granted.superuser_dsn, here(create), here(connect))
        upgraded = run("database", "upgrade", "--grant-to", second, DATABASE_URL=granted.owner_dsn)
        meanwhile = run("database", "check", DATABASE_URL=as_role(granted.superuser_dsn, second))
        before = stack.post(stack.upload()).status_code
    with stack.server(DATABASE_URL=as_role(granted.superuser_dsn, second)) as process:
        stack.wait_until_ready(process)
        execute(granted.superuser_dsn, *here(drop).split("; "))
        after = stack.post(stack.upload("1.1.0")).status_code
    execute(granted.superuser_dsn, f"ALTER ROLE {second} RENAME TO {granted.app}")  # which is dropped in the end

    assert (upgraded.returncode, meanwhile.returncode) == (0, 0), upgraded.stderr
    assert (before, after) == (201, 201)


@pytest.mark.parametrize("by_hand", [False, True], ids=["by-the-command", "by-hand"])
def test_the_role_may_do_nothing_else(roles: Roles, by_hand: bool) -> None:
    granting = () if by_hand else ("--grant-to", roles.app)
    assert run("database", "upgrade", *granting, DATABASE_URL=roles.owner_dsn).returncode == 0
    if by_hand:
        run_as(roles.owner_dsn, roles.renamed(BY_HAND))
    lacking = fetch(roles.app_dsn, str(LACKING.compile(dialect=postgresql.asyncpg.dialect())))  # type: ignore[no-untyped-call]
    allowed = [statement for statement in FORBIDDEN if is_allowed(roles, statement)]

    assert lacking == []
    assert allowed == []


def test_what_a_later_migration_makes_is_the_roles_as_well(granted: Roles) -> None:
    run_as(granted.owner_dsn, granted.renamed(BY_HAND))
    execute(granted.owner_dsn, "CREATE TABLE later (column_ int)")
    execute(granted.app_dsn, "INSERT INTO later VALUES (1)", "UPDATE later SET column_ = 2", "SELECT FROM later")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        execute(granted.app_dsn, "DELETE FROM later")


def test_granting_takes_away_what_the_role_had_beyond_that(granted: Roles) -> None:
    execute(granted.owner_dsn, f"GRANT ALL ON version_events TO {granted.app}")
    assert run("database", "upgrade", "--grant-to", granted.app, DATABASE_URL=granted.owner_dsn).returncode == 0

    assert not is_allowed(granted, "TRUNCATE version_events")


@pytest.mark.parametrize(
    "lacking", ["INSERT ON providers", "UPDATE ON provider_versions", "SELECT ON alembic_versions"]
)
def test_a_registry_whose_role_lacks_a_privilege_is_not_ready_and_says_what_to_do(
    stack: Stack, granted: Roles, lacking: str
) -> None:
    execute(granted.owner_dsn, f"REVOKE {lacking} FROM {granted.app}")
    with stack.server(DATABASE_URL=granted.app_dsn) as process:
        stack.wait_until_listening(process)
        ready = stack.get("/health/ready")

    assert (ready.status_code, ready.json()["code"]) == (503, "database_unavailable")
    assert "--grant-to" in ready.json()["detail"]


def test_migrating_as_the_role_is_refused_with_what_to_do(roles: Roles) -> None:
    refused = run("database", "upgrade", DATABASE_URL=roles.app_dsn)

    assert refused.returncode == 4
    assert "migrate as the owner" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("role", ["nobody_like_this", 'quo"ted', "postgres", "owner"])
def test_a_role_that_nothing_can_be_granted_to_is_refused(roles: Roles, role: str) -> None:
    superuser = urlsplit(roles.superuser_dsn).username or ""
    named = {"owner": roles.owner, "postgres": superuser}.get(role, role)
    refused = run("database", "upgrade", "--grant-to", named, DATABASE_URL=roles.owner_dsn)

    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def as_role(dsn: str, role: str) -> str:
    parts = urlsplit(dsn)
    _, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{role}:change-me@{host}").geturl()


def run_as(dsn: str, sql: str, *, without: str = "nothing") -> None:
    statements = [statement.strip() for statement in re.sub(r"--[^\n]*", "", sql).split(";")]
    execute(dsn, *(statement for statement in statements if statement and not statement.startswith((without, "\\"))))


def is_allowed(roles: Roles, statement: str) -> bool:
    try:
        execute(roles.app_dsn, statement.format(owner=roles.owner, app=roles.app))
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True
