"""Databases for the tests, and statements on them."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # it ships no types

_CUT = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def a_database(server: str, *, template: str | None = None) -> Iterator[str]:
    """Make a database, empty or a copy of another, and drop it afterwards."""
    name = f"test_{uuid4().hex}"
    execute(server, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{database_of(template)}"' if template else ""))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


TABLES = (
    "providers",
    "provider_versions",
    "version_events",
    "distributions",
    "distribution_events",
    "wheel_files",
    "compatibility_reports",
    "mirrored_wheels",
    "provider_releases",
    "resource_types",
    "tasks",
    "change_notifications",
    "provider_events",
    "log_state",
    "log_pending",
    "log_entries",
    "log_salts",
    "log_cosignatures",
    "log_tiles",
    "log_checkpoints",
    "version_checks",
    "origin_events",
    "attestations",
    "publisher_events",
    "webhook_receivers",
)


def empty(dsn: str) -> None:
    """Cut all connections to a migrated database and remove all rows."""
    # A history refuses to be emptied, as a replica that copies one from elsewhere must be able to.
    execute(
        dsn,
        _CUT,
        "SET session_replication_role = replica",
        f"TRUNCATE {', '.join(TABLES)}",
        "UPDATE catalog_totals SET providers = 0",
    )


def cut_connections(dsn: str) -> None:
    execute(dsn, _CUT)


def database_of(dsn: str) -> str:
    return urlsplit(dsn).path.removeprefix("/")


def execute(dsn: str, *statements: str) -> None:
    async def run(connection: asyncpg.Connection) -> None:
        for statement in statements:
            await connection.execute(statement)

    connected(dsn, run)


def fetch(dsn: str, query: str) -> list[tuple[Any, ...]]:
    async def run(connection: asyncpg.Connection) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await connection.fetch(query)]

    rows: list[tuple[Any, ...]] = connected(dsn, run)
    return rows


def connected(dsn: str, run: Callable[[asyncpg.Connection], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await run(connection)
        finally:
            await connection.close()

    with ThreadPoolExecutor(max_workers=1) as thread:  # an asynchronous test has a loop running in this one
        return thread.submit(lambda: asyncio.run(main())).result()


@contextmanager
def a_folder() -> Iterator[Path]:
    """Make a folder that any user may pass through, and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="registry-tests-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
