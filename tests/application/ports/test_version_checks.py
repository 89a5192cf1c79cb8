"""The shipped contract of the checks of public versions, kept by every adapter."""

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.version_checks import InMemoryVersionChecks
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.version_checks import PostgresVersionChecks
from adapters.postgres.version_repository import PostgresVersionRepository
from domain.errors import WheelProblem, WheelRefusedError
from provider_registry_testing.version_checks import AT_ONCE, Checks, VersionChecksContract
from tests.builders import NOW, a_building_version
from tests.support.stores import put


@pytest.fixture(params=["memory", "postgres"])
def checks(request: pytest.FixtureRequest) -> Checks:
    if request.param == "memory":
        memory = InMemoryVersionRepository()
        return Checks(InMemoryVersionChecks(memory, ManualClock(NOW)), memory)
    database = request.getfixturevalue("database")
    return Checks(PostgresVersionChecks(database), PostgresVersionRepository(database))


class TestVersionChecks(VersionChecksContract):
    pass


async def test_a_version_that_was_refused_is_not_checked(checks: Checks) -> None:
    refusal = WheelRefusedError(WheelProblem.NOT_FOUND, "gone")
    await put(checks.store, a_building_version().fail(refusal, at=NOW))
    assert await checks.checks.enrol(AT_ONCE, limit=10) == 0
