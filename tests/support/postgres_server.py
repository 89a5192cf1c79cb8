"""The PostgreSQL server of the tests: the one named, else a container, else the embedded one. There always is one."""

import gc
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from adapters.postgres.embedded import EmbeddedPostgres
from tests.support.postgres import a_folder, execute

IMAGE = "postgres:18-alpine"

_SETTINGS = {"fsync": "off", "full_page_writes": "off"}  # tests kill processes, never the machine
_LONGEST_REASON = 400


@contextmanager
def a_server(report: Callable[[str], None]) -> Iterator[str]:
    """Run a server and yield the DSN of its superuser. The report says in a line which server it is, and why."""
    named = os.environ.get("TEST_DATABASE_URL")
    with ExitStack() as running:
        if named:
            dsn, kind = named, "the one that TEST_DATABASE_URL names"
        else:
            dsn, problem = _container(running)
            kind = f"a container of {IMAGE}"
            if problem:
                dsn, kind = _embedded(running), f"the embedded one, as {kind} does not start: {problem}"
        report(kind)
        yield dsn


def _container(running: ExitStack) -> tuple[str, str]:
    """Start a container. Return its DSN, or why there is none: no engine, no image, or no server in the container."""
    # They take a second to import.
    from docker.errors import DockerException  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415
    from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415

    options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # of a socket that reached no engine
        try:
            container = PostgresContainer(IMAGE, driver=None, command=["postgres", *options])
            return running.enter_context(container).get_connection_url(), ""
        except (DockerException, RequestException, OSError, RuntimeError, StopIteration) as error:
            problem = _first_line(error)
        gc.collect()
    return "", problem


def _embedded(running: ExitStack) -> str:
    dsn = running.enter_context(EmbeddedPostgres(running.enter_context(a_folder()))).dsn
    execute(
        dsn, *(f"ALTER SYSTEM SET {name} = {value}" for name, value in _SETTINGS.items()), "SELECT pg_reload_conf()"
    )
    return dsn


def _first_line(error: Exception) -> str:
    text = next(iter(str(error).splitlines()), "") or type(error).__name__
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"
