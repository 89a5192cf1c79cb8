"""Comparisons of published versions: none is made twice, and those for readers and for releases do not queue."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from adapters.memory.schema_comparison import InMemorySchemaComparison
from application.errors import ComparisonsBusyError
from application.use_cases.compare_schemas import CompareSchemas
from domain.compatibility import assessment
from domain.compatibility.coverage import Coverage, CoverageQuestion, OpenQuestion
from domain.compatibility.report import Report, VersionSchemas
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import RULES_VERSION, Verdict
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
        reading = asyncio.create_task(use_cases.compare_versions.execute(a_name(), first, third))
        await readers.asked.wait()
        with pytest.raises(ComparisonsBusyError, match="another comparison is under way; try again"):
            await use_cases.compare_versions.execute(a_name(), first, third)
        assert (await use_cases.compare_versions.execute(a_name(), second, third)).report.total == 1  # it was kept
        assert (await publish(use_cases, adapters, 4)).created
        readers.free.set()
        assert (await reading).report.total == 1
    assert (await use_cases.compare_versions.execute(a_name(), first, third)).report.total == 1


@pytest.mark.parametrize("rules_version", [RULES_VERSION, "before"])
async def test_what_was_found_at_the_registration_is_compared_again_only_under_other_rules(
    monkeypatch: pytest.MonkeyPatch, rules_version: str
) -> None:
    compared: list[VersionSchemas] = []

    class Counting(InMemorySchemaComparison):
        async def compare(
            self, old: VersionSchemas, new: VersionSchemas, severities: Mapping[RuleId, Verdict]
        ) -> tuple[Report, Sequence[OpenQuestion]]:
            compared.append(new)
            return await super().compare(old, new, severities)

    adapters = MemoryAdapters(new_schema_comparison=Counting)
    use_cases = build_registry(adapters, release_machine_ids=[MACHINE_ID])
    older, newer = [(await publish(use_cases, adapters, number)).version for number in (1, 2)]
    at_registration = len(compared)
    monkeypatch.setattr(assessment, "RULES_VERSION", rules_version)

    found = await use_cases.compare_versions.execute(a_name(), older.version, newer.version)

    schemas = [VersionSchemas.of(each.announcement) for each in (older, newer)]
    assert found.report == await CompareSchemas(InMemorySchemaComparison()).execute(*schemas)
    assert len(compared) - at_registration == (rules_version != RULES_VERSION)
