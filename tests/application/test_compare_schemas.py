"""Comparing versions, with a second opinion on what is in doubt."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from adapters.json_schema.worker import SchemaWorker
from adapters.memory.schema_comparison import InMemorySchemaComparison
from application.use_cases.compare_schemas import CompareSchemas
from domain.compatibility.coverage import Coverage, CoverageQuestion
from domain.compatibility.report import Basis, VersionSchemas
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from tests.support.compatibility import closed, version


class _Saying(InMemorySchemaComparison):
    """Answers every question alike."""

    def __init__(self, answer: Coverage) -> None:
        self.answer = answer
        self.asked: list[CoverageQuestion] = []

    async def covers(self, questions: Sequence[CoverageQuestion]) -> Sequence[Coverage]:
        self.asked += questions
        return [self.answer] * len(questions)


# Neither side can be sampled: the pattern is beyond what the comparison reads.
LOOK = {"type": "string", "pattern": "^(?=a)(?!b)a"}
DOUBTFUL = version(a={"config": closed(p=LOOK)}), version(a={"config": closed(p={**LOOK, "pattern": "^(?=a)a"})})
SILENT = (
    version(a={"config": closed(p={"type": "string"})}),
    version(a={"config": closed(p={"type": ["string", "null"]})}),
)
PROVEN = SILENT[::-1]


async def test_a_yes_clears_what_was_in_doubt() -> None:
    report = await CompareSchemas(_Saying(Coverage.YES)).execute(*DOUBTFUL)
    assert [(change.verdict, change.basis) for change in report.changes] == [(Verdict.COMPATIBLE, Basis.PROVEN)]
    assert report.counts[Verdict.UNKNOWN] == 0


@pytest.mark.parametrize("answer", [Coverage.NO, Coverage.UNKNOWN])
async def test_what_is_in_doubt_stays_so_otherwise(answer: Coverage) -> None:
    report = await CompareSchemas(_Saying(answer)).execute(*DOUBTFUL)
    assert report.verdict is Verdict.UNKNOWN


async def test_a_no_to_a_silent_comparison_is_reported_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        report = await CompareSchemas(_Saying(Coverage.NO)).execute(*SILENT)
    assert [change.rule for change in report.having(Verdict.UNKNOWN)] == [RuleId.UNEXPLAINED_NARROWING]
    assert "schemas_comparison_contradicted" in caplog.text


async def test_what_an_example_proves_is_not_asked() -> None:
    opinion = _Saying(Coverage.YES)
    report = await CompareSchemas(opinion).execute(*PROVEN)
    assert report.verdict is Verdict.BREAKING
    assert opinion.asked == []


async def test_equal_schemas_ask_nothing() -> None:
    opinion = _Saying(Coverage.NO)
    assert (await CompareSchemas(opinion).execute(SILENT[0], SILENT[0])).changes == ()
    assert opinion.asked == []


async def test_the_worker_agrees_with_the_structure() -> None:
    worker = SchemaWorker()
    try:
        reports = [await CompareSchemas(opinion).execute(*SILENT) for opinion in (worker, InMemorySchemaComparison())]
    finally:
        await worker.aclose()
    assert reports[0] == reports[1]
    assert reports[0].verdict is Verdict.COMPATIBLE


async def test_comparisons_at_once_take_turns() -> None:
    use_case = CompareSchemas(InMemorySchemaComparison())
    reports = await asyncio.gather(*(use_case.execute(*SILENT) for _ in range(4)))
    assert len({report.verdict for report in reports}) == 1


async def test_a_version_without_schemas_is_unknown() -> None:
    report = await CompareSchemas(InMemorySchemaComparison()).execute(VersionSchemas(), SILENT[1])
    assert report.verdict is Verdict.UNKNOWN
