"""The schema of the database, for the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from adapters.postgres import grants, schema
from adapters.postgres.embedded import EmbeddedPostgres
from entrypoints.embedded_database import embedded_folder
from entrypoints.settings import DatabaseSettings


@dataclass(frozen=True, slots=True)
class DatabaseSchema:
    """The schema of one database."""

    url: str

    def upgrade(self) -> None:
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
    with EmbeddedPostgres(embedded_folder(settings)) as server:
        yield DatabaseSchema(server.dsn)
