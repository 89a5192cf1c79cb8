"""Comparing the schemas of two versions."""

import asyncio
import logging
from collections.abc import Mapping

from application.ports.schema_comparison import SchemaComparison
from domain.compatibility.comparison import only_differing
from domain.compatibility.coverage import settled
from domain.compatibility.report import Report, VersionSchemas
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict

_logger = logging.getLogger(__name__)


class CompareSchemas:
    """Compares, then lets a second opinion settle what is in doubt.

    Comparisons take turns. So what must not wait for others has an instance of its own.
    """

    def __init__(self, comparison: SchemaComparison, *, severities: Mapping[RuleId, Verdict] | None = None) -> None:
        self._comparison = comparison
        self._severities = severities or {}
        self._turn = asyncio.Semaphore(1)

    @property
    def is_busy(self) -> bool:
        """Whether a further comparison would wait."""
        return self._turn.locked()

    async def execute(self, old: VersionSchemas, new: VersionSchemas) -> Report:
        """Return what changed from the older to the newer version. Never raises."""
        different = only_differing(old, new)
        if different is None:
            return Report.of(())
        async with self._turn:
            report, questions = await self._comparison.compare(*different, self._severities)
            answers = await self._comparison.covers([asked.question for asked in questions]) if questions else ()
        for fault in report.faults:
            _logger.error("schemas_comparison_failed: %s", fault)
        report, contradictions = settled(report, questions, answers)
        for contradiction in contradictions:
            _logger.warning("schemas_comparison_contradicted: %s", contradiction)
        return report
