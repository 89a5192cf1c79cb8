"""Sessions that hold something in a database while a test looks what others do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from anyio.from_thread import start_blocking_portal

from tests.support.postgres import fetch
from tests.support.waiting import wait_until

_OTHERS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_BUSY = f"{_OTHERS} AND state = 'active'"
_WAITING = f"{_OTHERS} AND wait_event_type = 'Lock'"


@contextmanager
def holding(dsn: str, statement: str) -> Iterator[None]:
    """Run a statement in a transaction that ends on exit."""
    with start_blocking_portal() as portal:
        connection = portal.call(asyncpg.connect, dsn)
        try:
            portal.call(connection.execute, f"BEGIN; {statement}")
            yield
        finally:
            portal.call(connection.close)


def wait_until_somebody_waits(dsn: str) -> None:
    """Return when another session waits for a lock."""
    wait_until(lambda: fetch(dsn, _WAITING))


def wait_until_alone(dsn: str) -> None:
    """Return when all other sessions have ended."""
    wait_until(lambda: not fetch(dsn, _OTHERS))


def wait_until_idle(dsn: str) -> None:
    """Return when no other session runs a statement."""
    wait_until(lambda: not fetch(dsn, _BUSY))
