"""Whether one schema takes all that another takes, by their structure."""

import json

from domain.compatibility.budget import Budget
from domain.compatibility.coverage import Coverage, CoverageQuestion
from domain.compatibility.documents import Document
from domain.compatibility.findings import Effect
from domain.compatibility.report import Side
from domain.compatibility.samples import Sampler
from domain.compatibility.shaping import Shaper
from domain.compatibility.walker import Walker


def coverage_by_structure(asked: CoverageQuestion) -> Coverage:
    """Return what the comparison itself knows: yes by its rules, no by an example."""
    writer, reader = ((Document.of(json.loads(text)).whole,) for text in (asked.writer, asked.reader))
    budget = Budget()
    shaper = Shaper(budget)
    try:
        effect = Walker(Side.CONFIG, shaper, budget).relation(writer, reader)
        if not effect & ~Effect.WIDER:
            return Coverage.YES
        values = Sampler(shaper, budget).between(writer, reader)
        is_refused = any(shaper.validator.accepts(reader, value) is False for value in values)
    except Exception:  # noqa: BLE001 -- what is no schema, or too entangled, has no answer
        return Coverage.UNKNOWN
    return Coverage.NO if is_refused else Coverage.UNKNOWN
