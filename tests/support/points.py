"""Points that a registration passes, and how to stop it at each."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entrypoints.development.clerk.faults import Paused
from tests.support.postgres import execute
from tests.support.postgres_sessions import holding, wait_until_somebody_waits
from tests.support.slow_host import SlowHost
from tests.support.stack import Stack
from tests.support.waiting import wait_until

LONG = random.Random(1).randbytes(5_000_000)
"""More than the spool keeps in memory."""

_SLOW = bytes(60_000_000)  # hashing it takes a while
_HISTORY = "LOCK TABLE version_events IN SHARE ROW EXCLUSIVE MODE"
_COMMIT = "SELECT pg_advisory_xact_lock(1)"
_WAIT_AT_COMMIT = """
    CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON provider_versions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_commit()
"""


@dataclass(frozen=True)
class Scene:
    """A registry that serves, its database, and a host that may be slow."""

    stack: Stack
    host: SlowHost
    dsn: str
    spool: Path


Point = Callable[[Scene, str], AbstractContextManager[dict[str, Any]]]
"""Starts a registration and gives its body once it has come to the point; on exit it has ended."""


@contextmanager
def asking_clerk(scene: Scene, version: str) -> Iterator[dict[str, Any]]:
    paused, body = Paused(), scene.host.upload(version)
    scene.stack.clerk.faults.always(paused)
    with scene.stack.posting(body, token=scene.stack.clerk.mint(scene.stack.release)):
        wait_until(paused.arrived.is_set)
        yield body
    scene.stack.clerk.faults.clear()


@contextmanager
def fetching(scene: Scene, version: str) -> Iterator[dict[str, Any]]:
    body, gate = scene.host.upload_slowly(version, files={"gcp_provider/__init__.py": LONG})
    with scene.stack.posting(body):
        gate.wait_until_reached()
        wait_until(lambda: any(path.stat().st_size for path in scene.spool.iterdir()))
        yield body
    gate.opened.set()


@contextmanager
def validating(scene: Scene, version: str) -> Iterator[dict[str, Any]]:
    body, gate = scene.host.upload_slowly(version, files={"gcp_provider/__init__.py": _SLOW})
    with holding(scene.dsn, _HISTORY), scene.stack.posting(body):
        gate.opened.set()
        wait_until(lambda: "wheel_fetched" in scene.stack.log.read_text())
        yield body  # should it be quicker than we are, the lock keeps it from writing all the same


@contextmanager
def writing(scene: Scene, version: str) -> Iterator[dict[str, Any]]:
    body = scene.host.upload(version)
    with holding(scene.dsn, _HISTORY), scene.stack.posting(body):
        wait_until_somebody_waits(scene.dsn)
        yield body


@contextmanager
def committing(scene: Scene, version: str) -> Iterator[dict[str, Any]]:
    execute(scene.dsn, _WAIT_AT_COMMIT)
    body = scene.host.upload(version)
    with holding(scene.dsn, _COMMIT), scene.stack.posting(body):
        wait_until_somebody_waits(scene.dsn)
        yield body
