"""A second opinion on how two schemas relate."""

from collections.abc import Sequence
from typing import Protocol

from domain.compatibility.coverage import Coverage, CoverageQuestion


class SchemaCoverage(Protocol):
    """Knows whether one schema takes all that another takes."""

    async def covers(self, questions: Sequence[CoverageQuestion]) -> Sequence[Coverage]:
        """Return an answer to each question, in their order.

        Schemas are hostile: what takes too long, too much memory, or goes wrong in any way is answered by unknown. The
        event loop is not held up. Never raises.
        """
        ...
