"""Fixtures for every suite. Databases are copies of a template that is migrated once."""

import logging
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy.exc import SADeprecationWarning

with warnings.catch_warnings():
    # advanced-alchemy still wears a decorator that SQLAlchemy 2.1 deprecates; it is imported once.
    warnings.simplefilter("ignore", SADeprecationWarning)
    import advanced_alchemy.base  # noqa: F401 - for its effect

from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.engine import Database
from adapters.postgres.schema import upgrade
from adapters.postgres.version_repository import PostgresVersionRepository
from provider_registry_testing.writes import VersionStore
from tests.support.hypothesis_profile import load_profile
from tests.support.postgres import a_database, a_folder, empty
from tests.support.postgres_server import a_server
from tests.support.server_reports import SERVERS, pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown

__all__ = ["pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SERVERS] = set()
    load_profile()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """A folder for an embedded server. pytest's own are closed to the user that the server runs as."""
    with a_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_dsn(request: pytest.FixtureRequest) -> Iterator[str]:
    """The DSN of a server's superuser."""
    with a_server(request.config.stash[SERVERS].add) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def template_dsn(postgres_dsn: str) -> Iterator[str]:
    """A migrated, empty database to copy. Nobody may stay connected to it."""
    with a_database(postgres_dsn) as dsn:
        upgrade(dsn)
        yield dsn


@pytest.fixture
def empty_database_dsn(postgres_dsn: str) -> Iterator[str]:
    """A database that was never migrated."""
    with a_database(postgres_dsn) as dsn:
        yield dsn


@pytest.fixture
def fresh_database_dsn(postgres_dsn: str, template_dsn: str) -> Iterator[str]:
    """A migrated, empty database of its own, to change the schema or the settings of."""
    with a_database(postgres_dsn, template=template_dsn) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def shared_database_dsn(postgres_dsn: str, template_dsn: str) -> Iterator[str]:
    """A migrated database that one test after the other uses: making one takes longer than most tests."""
    with a_database(postgres_dsn, template=template_dsn) as dsn:
        yield dsn


@pytest.fixture
def database_dsn(shared_database_dsn: str) -> str:
    """A migrated database without rows and without other users."""
    empty(shared_database_dsn)
    return shared_database_dsn


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    """A pool of connections to a migrated, empty database."""
    database = Database(database_dsn)
    yield database
    await database.dispose()


@pytest.fixture(params=["memory", "postgres"])
def version_store(request: pytest.FixtureRequest) -> VersionStore:
    """Every version store in turn, empty."""
    if request.param == "memory":
        return InMemoryVersionRepository()
    chosen: VersionStore = request.getfixturevalue("postgres_store")
    return chosen


@pytest.fixture
def postgres_store(database: Database) -> PostgresVersionRepository:
    """A store over a migrated, empty database."""
    return PostgresVersionRepository(database)


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """Undo what a test configures, which would outlive the streams that it captures."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
