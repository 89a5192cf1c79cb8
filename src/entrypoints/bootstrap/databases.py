"""PostgreSQL, as the settings describe it."""

from collections.abc import Iterator
from contextlib import contextmanager

from adapters.postgres.engine import ConnectionOptions
from entrypoints.embedded_database import embedded_folder, embedded_unless_configured
from entrypoints.settings import DatabaseSettings


def connection_options(settings: DatabaseSettings) -> ConnectionOptions:
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
    with embedded_unless_configured(settings, _upgrade) as url:
        yield url


def is_database_there(settings: DatabaseSettings) -> bool:
    """Tell whether there is a database to look into: opening the embedded one would make it."""
    try:
        return settings.url is not None or embedded_folder(settings).is_dir()
    except PermissionError:
        return True  # opening it says why it cannot be


def _upgrade(url: str) -> None:
    from adapters.postgres import schema  # noqa: PLC0415 -- workers never upgrade, so they need not import Alembic

    schema.upgrade(url)
