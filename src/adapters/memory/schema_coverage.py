"""Answers about schemas, by structure alone."""

from collections.abc import Sequence

from domain.compatibility.coverage import Coverage, CoverageQuestion
from domain.compatibility.structure import coverage_by_structure


class InMemorySchemaCoverage:
    """A ``SchemaCoverage`` that starts no process."""

    async def covers(self, questions: Sequence[CoverageQuestion]) -> Sequence[Coverage]:
        """Return an answer to each question."""
        return [coverage_by_structure(asked) for asked in questions]
