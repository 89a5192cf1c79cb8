"""The embedded PostgreSQL. Stands beside the composition root, which takes much time and memory to import."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.postgres.embedded import EmbeddedPostgres
from entrypoints.settings import DatabaseSettings


@contextmanager
def embedded_unless_configured(settings: DatabaseSettings, upgrade: Callable[[str], None]) -> Iterator[str]:
    """Give the URL of the database; without one in the settings, run the embedded PostgreSQL, upgraded, until exit.

    Raises:
        StoreUnavailableError: The embedded database cannot be started.
    """
    if settings.url is not None:
        yield settings.url.reveal()
        return
    with EmbeddedPostgres(embedded_folder(settings)) as server:
        upgrade(server.dsn)
        yield server.dsn


def embedded_folder(settings: DatabaseSettings) -> Path:
    """Return the folder of the embedded PostgreSQL."""
    return settings.data_dir.expanduser() / "postgres"


def upgrade_in_a_process(url: str) -> None:
    """Apply migrations in a process of its own: the libraries for it would stay in the memory of this one.

    Raises:
        subprocess.CalledProcessError: It failed; its message is on the standard error stream.
    """
    from adapters.postgres.revisions import are_compatible, read_revisions  # noqa: PLC0415 -- not for a database's URL

    if not are_compatible(asyncio.run(read_revisions(url))):
        command = [sys.executable, "-P", "-m", "entrypoints.cli.main", "database", "upgrade"]
        subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 -- our own command
