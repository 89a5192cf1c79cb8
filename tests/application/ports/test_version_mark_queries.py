"""The shipped contract of what lists say of versions, kept by every adapter."""

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.version_checks import InMemoryVersionChecks
from adapters.memory.version_marks import InMemoryVersionMarks
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.version_checks import PostgresVersionChecks
from adapters.postgres.version_marks import PostgresVersionMarks
from adapters.postgres.version_repository import PostgresVersionRepository
from provider_registry_testing.version_marks import Marked, VersionMarksContract
from tests.builders import NOW


@pytest.fixture(params=["memory", "postgres"])
def marked(request: pytest.FixtureRequest) -> Marked:
    if request.param == "memory":
        store = InMemoryVersionRepository()
        checks = InMemoryVersionChecks(store, ManualClock(NOW))
        return Marked(InMemoryVersionMarks(store, checks), checks, store)
    database = request.getfixturevalue("database")
    return Marked(PostgresVersionMarks(database), PostgresVersionChecks(database), PostgresVersionRepository(database))


class TestVersionMarks(VersionMarksContract):
    pass
