"""Comparisons and answers about schemas, by structure alone."""

from collections.abc import Mapping, Sequence

from domain.compatibility.comparison import compare_with_questions
from domain.compatibility.coverage import Coverage, CoverageQuestion, OpenQuestion
from domain.compatibility.report import Report, VersionSchemas
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from domain.compatibility.structure import coverage_by_structure


class InMemorySchemaComparison:
    """A ``SchemaComparison`` that starts no process, and so holds up its own."""

    async def compare(
        self, old: VersionSchemas, new: VersionSchemas, severities: Mapping[RuleId, Verdict]
    ) -> tuple[Report, Sequence[OpenQuestion]]:
        """Return what changed, and what is open."""
        return compare_with_questions(old, new, severities=severities)

    async def covers(self, questions: Sequence[CoverageQuestion]) -> Sequence[Coverage]:
        return [coverage_by_structure(asked) for asked in questions]
