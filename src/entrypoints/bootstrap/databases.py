"""PostgreSQL, as the settings describe it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.postgres import grants, schema
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.engine import ConnectionOptions
from entrypoints.settings import DatabaseSettings


def connection_options(settings: DatabaseSettings) -> ConnectionOptions:
    """Return how the database is connected to under these settings."""
    return ConnectionOptions(
        pool_size=settings.pool_size,
        max_idle=settings.max_idle_seconds,
        max_age=settings.max_age_seconds,
        prepared_statements=settings.prepared_statements,
    )


@contextmanager
def serving_database(settings: DatabaseSettings) -> Iterator[str]:
    """Give the URL of the database; without one in the settings, run the embedded PostgreSQL, migrated, until exit.

    Raises:
        StoreUnavailableError: The embedded database cannot be started or migrated.
    """
    if settings.url is not None:
        yield settings.url.reveal()
        return
    with EmbeddedPostgres(_embedded_folder(settings)) as server:
        schema.upgrade(server.dsn)
        yield server.dsn


def is_database_there(settings: DatabaseSettings) -> bool:
    """Tell whether there is a database to look into: opening the embedded one would make it."""
    try:
        return settings.url is not None or _embedded_folder(settings).is_dir()
    except PermissionError:
        return True  # opening it says why it cannot be


def _embedded_folder(settings: DatabaseSettings) -> Path:
    return settings.data_dir.expanduser() / "postgres"


@dataclass(frozen=True, slots=True)
class DatabaseSchema:
    """The schema of one database, for the command line."""

    url: str

    def upgrade(self) -> None:
        """Apply all migrations."""
        schema.upgrade(self.url)

    def grant(self, role: str) -> None:
        """Leave a role with what serving needs, and no more.

        Raises:
            LookupError: There is no such role, or nothing can be kept from it.
        """
        grants.grant(self.url, role)

    def downgrade(self, revision: str) -> None:
        """Take migrations back to a revision, or to ``base``.

        Raises:
            LookupError: They do not lead there.
        """
        schema.downgrade(self.url, revision)

    def current(self) -> str:
        """Return the revision that the database is at; empty if it was never migrated."""
        return ", ".join(sorted(schema.current(self.url)))

    def is_compatible(self) -> bool:
        """Tell whether the database has the schema that this release needs."""
        return schema.is_compatible(self.url)


@contextmanager
def open_database_schema(settings: DatabaseSettings) -> Iterator[DatabaseSchema]:
    """Open the schema of the database; an embedded database runs until exit."""
    if settings.url is not None:
        yield DatabaseSchema(settings.url.reveal())
        return
    with EmbeddedPostgres(_embedded_folder(settings)) as server:
        yield DatabaseSchema(server.dsn)
