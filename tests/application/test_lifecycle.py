"""Whatever is published, refused, yanked and restored, in whatever order: every store agrees with a model of dicts."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from adapters.json_schema.config_errors import InProcessConfigValidator
from adapters.json_schema.validator import MetaSchemaValidator
from adapters.memory.change_feed import InMemoryChangeFeed
from adapters.memory.clock import ManualClock
from adapters.memory.distributions import InMemoryDistributionIndex
from adapters.memory.origin_probe import InMemoryOriginProbe
from adapters.memory.provider_queries import InMemoryProviderQueries
from adapters.memory.schema_comparison import InMemorySchemaComparison
from adapters.memory.task_queue import InMemoryTaskQueue
from adapters.memory.token_verifiers import InMemoryTokenVerifier
from adapters.memory.version_checks import InMemoryVersionChecks
from adapters.memory.version_marks import InMemoryVersionMarks
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from adapters.postgres.distributions import PostgresDistributionIndex
from adapters.postgres.engine import ConnectionOptions, Database
from adapters.postgres.provider_queries import PostgresProviderQueries
from adapters.postgres.version_repository import PostgresVersionRepository
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.ports.distribution_index import DistributionIndex
from application.ports.provider_queries import ProviderQueries
from domain.announcements import Announcement
from domain.errors import (
    IllegalTransitionError,
    ProviderNotFoundError,
    VersionConflictError,
    VersionNotFoundError,
    WheelRefusedError,
)
from domain.lifecycle import Restoration, Yank
from domain.names import ProviderName
from domain.registrants import ConsoleMachine
from domain.registration import Registration
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest
from entrypoints.bootstrap import Adapters, build_registry
from provider_registry_testing.writes import VersionStore, steps_of
from tests.builders import MACHINE_ID, NOW, a_wheel, a_wheel_url, some_metadata
from tests.support.postgres import execute

ASCENDING = ["0.9.0", "1.0.0-rc.1", "1.0.0-rc.2", "1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1"]
"""By precedence, written down by hand."""
STABLE = [number for number in ASCENDING if "-" not in number]
NUMBERS = st.sampled_from(ASCENDING)
BUILT = {number: SemVer.parse(number).pep440.public for number in ASCENDING}
WHEELS = {number: a_wheel(version=BUILT[number]) for number in ASCENDING}
WRONG_DIGEST = Sha256Digest("0" * 64)
Event = tuple[str, datetime, str, str | None, str | None]
Result = TypeVar("Result")
Storage = tuple[VersionStore, ProviderQueries, DistributionIndex]


class Lifecycles(RuleBasedStateMachine):
    """Drives the use cases over one store, and a model beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.store, self.catalog, distributions = self.open_storage()
        self.clock = ManualClock(NOW)
        fetcher = InMemoryWheelFetcher()
        for number, wheel in WHEELS.items():
            fetcher.put(a_wheel_url(BUILT[number]), wheel)
        elsewhere = InMemoryVersionRepository()
        checks = InMemoryVersionChecks(elsewhere, self.clock)
        self.registry = build_registry(
            Adapters(
                verifier=InMemoryTokenVerifier(),
                fetcher=fetcher,
                reader=ZipWheelReader(),
                schema_validator=MetaSchemaValidator(),
                new_schema_comparison=InMemorySchemaComparison,
                config_validator=InProcessConfigValidator(),
                upgrade_coverage=InMemorySchemaComparison(),
                store=self.store,
                catalog=self.catalog,
                distributions=distributions,
                tasks=InMemoryTaskQueue(elsewhere, self.clock),
                checks=checks,
                marks=InMemoryVersionMarks(elsewhere, checks),
                probe=InMemoryOriginProbe(),
                changes=InMemoryChangeFeed(elsewhere),
                clock=self.clock,
            )
        )
        self.name = ProviderName("platform", f"p{uuid4().hex}")
        self.step = 0
        self.status: dict[str, str] = {}
        self.told: dict[str, list[Event]] = defaultdict(list)

    def open_storage(self) -> Storage:
        store = InMemoryVersionRepository()
        return store, InMemoryProviderQueries(store), InMemoryDistributionIndex(store)

    async def close_store(self) -> None:
        pass

    def run(self, work: Awaitable[Result]) -> Result:
        async def awaited() -> Result:
            return await work

        return self.runner.run(awaited())

    def teardown(self) -> None:
        self.run(self.close_store())
        self.runner.close()

    def tell(self, number: str, action: str, request_id: str | None, reason: str | None = None) -> None:
        self.told[number].append((action, self.clock.now(), MACHINE_ID, request_id, reason))

    def registration(self, number: str, digest: Sha256Digest | None = None) -> Registration:
        return Registration(
            registrant=ConsoleMachine(MACHINE_ID),
            name=self.name,
            version=SemVer.parse(number),
            announcement=Announcement(wheel_url=a_wheel_url(BUILT[number]), sha256=digest),
            metadata=some_metadata(),
            request_id=self.request_id,
        )

    @property
    def request_id(self) -> str:
        return f"request-{self.step}"

    @rule(number=NUMBERS)
    def publish(self, number: str) -> None:
        self.advance()
        registered = self.run(self.registry.register_version.execute(self.registration(number)))
        assert registered.created is (self.status.get(number) in {None, "failed"})
        if registered.created:
            self.status[number] = "published"
            self.tell(number, "published", self.request_id)

    @rule(number=NUMBERS)
    def refuse(self, number: str) -> None:
        self.advance()
        work = self.registry.register_version.execute(self.registration(number, WRONG_DIGEST))
        if self.status.get(number) in {"published", "yanked"}:
            with pytest.raises(VersionConflictError):
                self.run(work)
            return
        with pytest.raises(WheelRefusedError) as refused:
            self.run(work)
        self.status[number] = "failed"
        self.tell(number, "failed", self.request_id, refused.value.detail)

    @rule(number=NUMBERS, reason=st.sampled_from(["Broken.", "Leaks\nsecrets."]))
    def yank(self, number: str, reason: str) -> None:
        self.advance()
        work = self.registry.yank_version.execute(
            Yank(
                registrant=ConsoleMachine(MACHINE_ID),
                name=self.name,
                version=SemVer.parse(number),
                reason=reason,
                request_id=self.request_id,
            )
        )
        if self.is_refused(number, work):
            return
        if self.status[number] == "published":
            self.tell(number, "yanked", self.request_id, reason)
        self.status[number] = "yanked"

    @rule(number=NUMBERS)
    def restore(self, number: str) -> None:
        self.advance()
        work = self.registry.restore_version.execute(
            Restoration(
                registrant=ConsoleMachine(MACHINE_ID),
                name=self.name,
                version=SemVer.parse(number),
                request_id=self.request_id,
            )
        )
        if self.is_refused(number, work):
            return
        if self.status[number] == "yanked":
            self.tell(number, "restored", self.request_id)
        self.status[number] = "published"

    @rule(seconds=st.integers(-120, 120))
    def set_the_clock(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    def advance(self) -> None:
        self.step += 1
        self.clock.advance(seconds=1)

    def is_refused(self, number: str, work: Awaitable[object]) -> bool:
        expected = {None: VersionNotFoundError, "failed": IllegalTransitionError}.get(self.status.get(number))
        if expected is None:
            self.run(work)
            return False
        with pytest.raises(expected):
            self.run(work)
        return True

    @invariant()
    def the_list_is_of_public_versions_newest_first(self) -> None:
        public = [number for number in ASCENDING if self.status.get(number) in {"published", "yanked"}]
        try:
            listed = self.run(self.registry.list_versions.execute(self.name))
        except ProviderNotFoundError:
            listed = []
        expected = [(number, self.status[number]) for number in reversed(public)]
        assert [(version.version.text, version.status.value) for version in listed] == expected

    @invariant()
    def latest_is_the_highest_published_stable_version(self) -> None:
        published = [number for number in ASCENDING if self.status.get(number) == "published"]
        stable = [number for number in published if number in STABLE]
        found = self.run(self.store.find_latest(self.name))
        expected = next(reversed(stable or published), None)
        assert (found and found.version.text) == expected
        entry = self.run(self.catalog.find(self.name))
        assert (entry is not None) is bool({"published", "yanked"} & set(self.status.values()))
        assert (entry and entry.latest and entry.latest.text) == expected

    @invariant()
    def histories_tell_what_happened(self) -> None:
        for number in ASCENDING:
            kept = steps_of(self.run(self.store.history(self.name, SemVer.parse(number))))
            events = [(event.action.value, event.at, event.actor, event.request_id, event.reason) for event in kept]
            assert events == self.told[number]
            if self.status.get(number) in {None, "failed"}:
                with pytest.raises(VersionNotFoundError):
                    self.run(self.registry.read_history.execute(self.name, SemVer.parse(number)))

    @invariant()
    def a_yank_shows_the_reason_and_the_time_of_the_last_one_told(self) -> None:
        for number, status in self.status.items():
            version = self.run(self.store.load(self.name, SemVer.parse(number))).version
            assert version is not None
            _, at, _, _, reason = self.told[number][-1]
            assert version.updated_at == at
            assert (version.yanked_at, version.yanked_reason) == ((at, reason) if status == "yanked" else (None, None))


def test_lifecycles_in_memory_agree_with_the_model() -> None:
    examples = min(40, settings().max_examples)
    run_state_machine_as_test(Lifecycles, settings=settings(max_examples=examples, stateful_step_count=20))


def test_lifecycles_in_postgres_agree_with_the_model(database_dsn: str) -> None:
    class PostgresLifecycles(Lifecycles):
        def open_storage(self) -> Storage:
            execute(database_dsn, "DELETE FROM wheel_files")  # another run's provider has wheels of the same names
            self.database = database = Database(database_dsn, ConnectionOptions(pool_size=1))
            return (
                PostgresVersionRepository(database),
                PostgresProviderQueries(database),
                PostgresDistributionIndex(database),
            )

        async def close_store(self) -> None:
            await self.database.dispose()

    run_state_machine_as_test(PostgresLifecycles, settings=settings(max_examples=10, stateful_step_count=15))
