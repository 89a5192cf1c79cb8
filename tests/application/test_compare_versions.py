"""Comparisons for readers, for customers and for releases do not wait for each other."""

import asyncio
from collections.abc import Sequence

import pytest

from adapters.memory.schema_comparison import InMemorySchemaComparison
from application.errors import ComparisonsBusyError
from domain.compatibility.coverage import Coverage, CoverageQuestion
from domain.registrants import ConsoleMachine
from domain.registration import Registered, Registration
from domain.schemas import CanonicalJson
from domain.semver import SemVer
from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.use_cases import UseCases
from tests.builders import MACHINE_ID, a_name, a_wheel, a_wheel_url, an_announcement, some_metadata
from tests.support.waiting import WAIT_SECONDS

KINDS = ["string", "integer", "boolean", "array"]  # a wider type is put to the second opinion


class HeldCoverage(InMemorySchemaComparison):
    """Answers while it is not held."""

    def __init__(self) -> None:
        self.asked, self.free = asyncio.Event(), asyncio.Event()
        self.free.set()

    async def covers(self, questions: Sequence[CoverageQuestion]) -> Sequence[Coverage]:
        self.asked.set()
        await self.free.wait()
        return await super().covers(questions)


async def publish(use_cases: UseCases, adapters: MemoryAdapters, number: int) -> Registered:
    version = f"1.{number}.0"
    adapters.fetcher.put(a_wheel_url(version), a_wheel(version=version))
    config = CanonicalJson.of({"type": "object", "properties": {"p": {"type": KINDS[:number]}}})
    registration = Registration(
        registrant=ConsoleMachine(MACHINE_ID),
        name=a_name(),
        version=SemVer.parse(version),
        announcement=an_announcement(version=version, config_schema=config),
        metadata=some_metadata(),
    )
    return await use_cases.register_version.execute(registration)


async def test_a_release_waits_for_no_comparison_of_readers_and_these_do_not_queue() -> None:
    opened: list[HeldCoverage] = []

    def new_coverage() -> HeldCoverage:
        opened.append(HeldCoverage())
        return opened[-1]

    adapters = MemoryAdapters(new_schema_comparison=new_coverage)
    use_cases = build_registry(adapters, release_machine_ids=[MACHINE_ID])
    first, second, third = [(await publish(use_cases, adapters, number)).version.version for number in (1, 2, 3)]
    readers = opened[-1]
    readers.free.clear()

    async with asyncio.timeout(WAIT_SECONDS):
        reading = asyncio.create_task(use_cases.compare_versions.execute(a_name(), first, second))
        await readers.asked.wait()
        with pytest.raises(ComparisonsBusyError, match="another comparison is under way; try again"):
            await use_cases.compare_versions.execute(a_name(), second, third)
        assert (await publish(use_cases, adapters, 4)).created
        readers.free.set()
        assert (await reading).report.total == 1
    assert (await use_cases.compare_versions.execute(a_name(), second, third)).report.total == 1
