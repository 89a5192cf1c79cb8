"""Comparing the schemas of two versions apart from the event loop."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from application.ports.schema_coverage import SchemaCoverage
from domain.compatibility.coverage import OpenQuestion
from domain.compatibility.report import Report, VersionSchemas
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict


class SchemaComparison(SchemaCoverage, Protocol):
    """Compares versions by the rules, and knows a second opinion on what these leave open."""

    async def compare(
        self, old: VersionSchemas, new: VersionSchemas, severities: Mapping[RuleId, Verdict]
    ) -> tuple[Report, Sequence[OpenQuestion]]:
        """Return what changed, and what a second opinion could settle.

        Args:
            old: The older version's schemas.
            new: The newer version's.
            severities: Verdicts of disputed rules in place of breaking.

        The answer is that of ``compare_with_questions``. If there is none, for any reason, it says that nothing was
        compared. The event loop is not held up. Never raises.
        """
        ...
