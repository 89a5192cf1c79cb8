"""The shipped contract of a queue of tasks, kept by every adapter."""

from dataclasses import replace
from uuid import uuid4

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.task_queue import InMemoryTaskQueue
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.engine import Database
from adapters.postgres.task_queue import PostgresTaskQueue
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreUnavailableError
from domain.errors import IllegalTransitionError
from domain.version_state import StartBuild
from provider_registry_testing.task_queue import KIND, TaskQueueContract, Tasks
from provider_registry_testing.writes import a_task
from tests.builders import NOW, a_building_version
from tests.support.postgres import execute


class TestTaskQueues(TaskQueueContract):
    @pytest.fixture(params=["memory", "postgres"])
    def tasks(self, request: pytest.FixtureRequest) -> Tasks:
        if request.param == "memory":
            memory = InMemoryVersionRepository()
            return Tasks(InMemoryTaskQueue(memory, ManualClock(NOW)), memory)
        database = request.getfixturevalue("database")
        return Tasks(PostgresTaskQueue(database), PostgresVersionRepository(database))


@pytest.fixture
def stored(database: Database) -> Tasks:
    return Tasks(PostgresTaskQueue(database), PostgresVersionRepository(database))


async def test_a_cause_that_the_database_refuses_adds_no_task(stored: Tasks) -> None:
    building = replace(a_building_version(), registration_id=uuid4())
    wrong = StartBuild(version=replace(building, error_message="failed after all"), task=a_task(building))
    with pytest.raises(IllegalTransitionError):
        await stored.store.update(building.name, building.version, lambda _: (wrong, None))
    assert await stored.claim() == []


async def test_no_version_is_being_built_without_a_task(stored: Tasks, database_dsn: str) -> None:
    building = a_building_version()
    alone = StartBuild(version=building, task=a_task(replace(building, registration_id=uuid4())))
    with pytest.raises(IllegalTransitionError):
        await stored.store.update(building.name, building.version, lambda _: (alone, None))
    await stored.add()
    with pytest.raises(Exception, match="ck_provider_versions_building_has_task"):
        execute(database_dsn, "DELETE FROM tasks")


async def test_an_outage_reaches_every_method_in_memory() -> None:
    store = InMemoryVersionRepository()
    tasks = Tasks(InMemoryTaskQueue(store, ManualClock(NOW)), store)
    await tasks.add()
    lease = await tasks.claim_one()
    store.unavailable = True
    for call in (
        tasks.queue.claim(KIND, seconds=1, limit=1),
        tasks.queue.renew(lease, seconds=1),
        tasks.queue.give_back(lease),
        tasks.queue.finish(lease),
        tasks.queue.measure(KIND),
        tasks.queue.list_tasks(limit=1),
        tasks.queue.make_due(lease.id),
    ):
        with pytest.raises(StoreUnavailableError):
            await call
